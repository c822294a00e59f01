namespace Proxy;

/// <summary>The page of --help, from the table that the parser reads.</summary>
internal static class HelpText
{
    public static void Write(TextWriter output)
    {
        output.WriteLine("A TCP proxy on mbufs: one epoll loop a processor, data in native memory, nothing for the garbage collector.");
        output.WriteLine();
        output.WriteLine("  Proxy --listen HOST:PORT --backend HOST:PORT [--backend HOST:PORT ...] [options]");
        output.WriteLine("  Proxy [--seconds N]      the demonstration: an origin and clients in the same process, every byte verified");
        output.WriteLine();
        foreach (OptionDefinition option in OptionDefinition.All)
        {
            output.WriteLine($"  {option.Name + " " + option.Value,-28} {option.Text}");
        }

        output.WriteLine();
        output.WriteLine("HOST is an IPv4 address, an IPv6 address in brackets, or a name, resolved once at start.");
        output.WriteLine("'listening HOST:PORT' on standard error says that connections are taken. The report follows the last of them:");
        output.WriteLine("connections were accepted, of which refused were closed unserved. Exit code 0; 1 failed, 2 wrongly called.");
    }
}
