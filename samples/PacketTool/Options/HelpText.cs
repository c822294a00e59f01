namespace PacketTool;

/// <summary>The page of --help, from the table that the parser reads.</summary>
internal static class HelpText
{
    public static void Write(TextWriter output)
    {
        output.WriteLine("Reads a capture (pcap or pcapng), looks at its packets, changes them, and writes a capture (pcap).");
        output.WriteLine();
        output.WriteLine("  PacketTool CAPTURE [--verify] [--list-bad]");
        output.WriteLine("  PacketTool CAPTURE [steps] --output FILE");
        output.WriteLine();
        output.WriteLine("Steps, which are made in this order whatever the order of the options:");
        output.WriteLine();
        Write(output, OptionDefinition.Steps);
        output.WriteLine();
        output.WriteLine("Other options:");
        output.WriteLine();
        Write(output, OptionDefinition.Others);
        output.WriteLine();
        output.WriteLine("CAPTURE is a file, or - for standard input. Without a step and --output, --verify is meant.");
        output.WriteLine("A packet that a step cannot handle passes that step as it is, and is counted.");
        output.WriteLine("The report comes at the end, on standard output.");
        output.WriteLine("Exit code: 0 done, 1 failed (a malformed capture, a file that cannot be had), 2 wrongly called.");
    }

    private static void Write(TextWriter output, IEnumerable<OptionDefinition> options)
    {
        foreach (OptionDefinition option in options)
        {
            output.WriteLine($"  {option.Name + " " + option.Value,-26} {option.Text}");
        }
    }
}
