namespace Proxy;

/// <summary>The page of --help, from the table that the parser reads.</summary>
internal static class HelpText
{
    public static void Write(TextWriter output)
    {
        output.WriteLine("A TCP proxy on mbufs: an epoll loop a worker, data in native memory, nothing for the garbage collector.");
        output.WriteLine();
        output.WriteLine("  Proxy --listen HOST:PORT --backend HOST:PORT [--backend HOST:PORT ...] [options]");
        output.WriteLine("  Proxy [--seconds N]      the demonstration: origin and clients in the same process, every byte verified");
        output.WriteLine();
        foreach (OptionDefinition option in OptionDefinition.All)
        {
            output.WriteLine($"  {option.Name + " " + option.Value,-28} {option.Text}");
        }

        output.WriteLine();
        output.WriteLine("HOST is an IPv4 address, an IPv6 address in brackets, or a name, resolved once at start.");
        output.WriteLine("TIME is in seconds, or ends in ms, s, m or h. BYTES may end in k (1,024) or m.");
        output.WriteLine("'listening HOST:PORT' on standard error says that connections are taken. The report comes at the end, on");
        output.WriteLine("standard output: connections were accepted, of which refused were closed unserved.");
        output.WriteLine("Exit code: 0 done, 1 failed, 2 wrongly called.");
    }
}
