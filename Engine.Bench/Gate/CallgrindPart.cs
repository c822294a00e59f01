using System.Globalization;

namespace Engine.Mbufs.Bench.Gate;

/// <summary>One file of callgrind's: what was counted up to one end of a region.</summary>
internal static class CallgrindPart
{
    private const string Totals = "totals: ";
    private const string Events = "events: ";
    private const string Instructions = "Ir";

    /// <summary>The instructions of each region, in order.</summary>
    /// <param name="path">Callgrind's output file: what is dumped on the way has a number behind it, from 1.</param>
    public static IEnumerable<long> ReadAll(string path)
    {
        for (int number = 1; File.Exists($"{path}.{number}"); number++)
        {
            yield return Read(File.ReadLines($"{path}.{number}"));
        }
    }

    /// <summary>The instructions of one file.</summary>
    /// <exception cref="BenchException">The file is none of callgrind's, or was cut short.</exception>
    public static long Read(IEnumerable<string> lines)
    {
        bool countsInstructions = false;
        foreach (string line in lines)
        {
            // More events may follow, if other things are counted, too.
            countsInstructions |= line.StartsWith(Events, StringComparison.Ordinal) && FirstWord(line, Events) == Instructions;
            if (line.StartsWith(Totals, StringComparison.Ordinal)
                && countsInstructions
                && long.TryParse(FirstWord(line, Totals), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                return count;
            }
        }

        throw new BenchException("A file of callgrind's has no total of instructions.");
    }

    private static string FirstWord(string line, string label) => line[label.Length..].Split(' ')[0];
}
