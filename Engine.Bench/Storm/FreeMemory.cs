using System.Globalization;

namespace Engine.Mbufs.Bench.Storm;

/// <summary>How much memory can be made resident without taking it from others.</summary>
internal static class FreeMemory
{
    /// <summary>The least of what the system says is available and what the process may use.</summary>
    public static long Bytes()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long allowed = memory.TotalAvailableMemoryBytes;
        return Math.Min(allowed, Available() ?? Math.Max(0, allowed - memory.MemoryLoadBytes));
    }

    /// <summary>Linux: what can be had without swapping, caches included; null elsewhere.</summary>
    private static long? Available()
    {
        const string Path = "/proc/meminfo";
        const string Field = "MemAvailable:";
        if (!File.Exists(Path))
        {
            return null;
        }

        string? line = File.ReadLines(Path).FirstOrDefault(static line => line.StartsWith(Field, StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length >= 2 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes)
            ? kibibytes * 1024
            : null;
    }
}
