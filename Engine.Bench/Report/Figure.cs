using System.Globalization;

namespace Engine.Mbufs.Bench.Report;

/// <summary>Numbers as people read them.</summary>
internal static class Figure
{
    /// <summary>Three digits that count, with a unit's prefix from a thousand on: 950, 1.25 K, 64 K.</summary>
    public static string Count(double value) => Math.Abs(value) switch
    {
        >= 1e9 => Digits(value / 1e9) + " G",
        >= 1e6 => Digits(value / 1e6) + " M",
        >= 1e4 => Digits(value / 1e3) + " K",
        _ => Digits(value),
    };

    /// <summary>A number that grows by doubling: 1024 is 1 K.</summary>
    public static string Binary(long value)
        => value >= 1 << 20 && value % (1 << 20) == 0 ? Whole(value >> 20) + " M"
        : value >= 1 << 10 && value % (1 << 10) == 0 ? Whole(value >> 10) + " K"
        : Whole(value);

    /// <summary>A duration that is given in nanoseconds.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        >= 1e9 => Digits(nanoseconds / 1e9) + " s",
        >= 1e6 => Digits(nanoseconds / 1e6) + " ms",
        >= 1e3 => Digits(nanoseconds / 1e3) + " µs",
        _ => Digits(nanoseconds) + " ns",
    };

    /// <summary>A ratio.</summary>
    public static string Ratio(double value) => Fixed(value, value >= 10 ? 1 : value >= 2 ? 2 : 3);

    /// <summary>A ratio's quartiles.</summary>
    public static string Range(double low, double high) => $"{Ratio(low)}–{Ratio(high)}";

    public static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Fixed(double value, int digits)
        => value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Three digits that count, without zeros behind the point.</summary>
    public static string Digits(double value)
    {
        double size = Math.Abs(value);
        string format = size >= 100 ? "0" : size >= 10 ? "0.#" : size >= 1 ? "0.##" : "0.###";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    public static string Bytes(double value)
        => value >= 1 << 20 ? Digits(value / (1 << 20)) + " MiB" : Digits(value) + " B";
}
