using System.Globalization;

namespace Engine.Mbufs.Bench.Measure;

/// <summary>What one process measured of one work.</summary>
/// <param name="Median">Nanoseconds a packet, median of the repetitions.</param>
/// <param name="Least">Nanoseconds a packet, the fastest repetition.</param>
/// <param name="ManagedBytes">Managed bytes allocated for each packet, by the measuring thread.</param>
internal readonly record struct Sample(double Median, double Least, double ManagedBytes)
{
    /// <summary>The line that a measuring process writes: <c>work median min managed-bytes</c>.</summary>
    public string ToLine(string work)
        => string.Create(CultureInfo.InvariantCulture, $"{work} {Median:F3} {Least:F3} {ManagedBytes}");

    /// <summary>Reads the line of a work; a process without a managed heap leaves the last figure out.</summary>
    public static Sample Parse(string output, string work)
    {
        string[] fields = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 3 or 4 && fields[0] == work
            && Number(fields[1], out double median)
            && Number(fields[2], out double least)
            && Number(fields.Length == 4 ? fields[3] : "0", out double managedBytes)
            ? new Sample(median, least, managedBytes)
            : throw new BenchException($"A measuring process answered '{output.Trim()}' instead of the figures of {work}.");
    }

    private static bool Number(string text, out double number)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
