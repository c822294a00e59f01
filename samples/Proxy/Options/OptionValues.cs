using System.Globalization;

namespace Proxy;

/// <summary>Reads the values of options: counts, sizes and durations, each within limits that the message names.</summary>
internal static class OptionValues
{
    public static int Count(string option, string text, int lowest, int highest)
        => TryParse(text, out long value) && value >= lowest && value <= highest
            ? (int)value
            : throw OutOfRange(option, text, "a number", Show(lowest), Show(highest));

    /// <summary>Bytes, or with a suffix k or m KiB or MiB.</summary>
    public static int Size(string option, string text, int lowest, int highest)
    {
        int unit = text.Length == 0 ? 1 : char.ToLowerInvariant(text[^1]) switch { 'k' => 1 << 10, 'm' => 1 << 20, _ => 1 };
        string digits = unit == 1 ? text : text[..^1];
        return TryParse(digits, out long value) && value <= highest && value * unit >= lowest && value * unit <= highest
            ? (int)(value * unit)
            : throw OutOfRange(option, text, "a number of bytes (64k is 65536)", Show(lowest), Show(highest));
    }

    /// <summary>Seconds, whole or with a fraction, or with the suffix ms, s, m or h.</summary>
    public static TimeSpan Duration(string option, string text, TimeSpan lowest, TimeSpan highest)
    {
        (string number, double unit) = SplitUnit(text);
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * unit <= highest.TotalSeconds
            && value * unit >= lowest.TotalSeconds)
        {
            return TimeSpan.FromSeconds(value * unit);
        }

        throw OutOfRange(option, text, "a time (5, 0.5, 250ms, 2m)", Show(lowest), Show(highest));
    }

    public static ProxyProtocolVersion Version(string option, string text) => text switch
    {
        "v1" => ProxyProtocolVersion.V1,
        "v2" => ProxyProtocolVersion.V2,
        _ => throw new UsageException($"{option}: '{text}' is not a version; write v1 or v2"),
    };

    private static (string Number, double Seconds) SplitUnit(string text) => text switch
    {
        _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
        _ when text.EndsWith('s') => (text[..^1], 1),
        _ when text.EndsWith('m') => (text[..^1], 60),
        _ when text.EndsWith('h') => (text[..^1], 3600),
        _ => (text, 1),
    };

    private static bool TryParse(string text, out long value)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string Show(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Show(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds} s");

    private static UsageException OutOfRange(string option, string text, string kind, string lowest, string highest)
        => new($"{option}: '{text}' is not {kind} from {lowest} to {highest}");
}
