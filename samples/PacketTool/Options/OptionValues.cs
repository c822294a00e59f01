using System.Globalization;

namespace PacketTool;

/// <summary>Reads the values of options, each within limits that the message names.</summary>
internal static class OptionValues
{
    public static int Bytes(string option, string text, int lowest, int highest)
        => TryParse(text, lowest, highest, out int value)
            ? value
            : throw new UsageException($"{option}: '{text}' is not a number of bytes from {lowest} to {highest}");

    /// <summary>ID or ID:PRIORITY.</summary>
    public static VlanTag Tag(string option, string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 2)
        {
            throw new UsageException($"{option}: '{text}' has too many colons; write ID or ID:PRIORITY, for example 100:5");
        }

        (int lowest, int highest) = (VlanTag.LowestIdentifier, VlanTag.HighestIdentifier);
        if (!TryParse(parts[0], lowest, highest, out int identifier))
        {
            throw new UsageException($"{option}: '{parts[0]}' is not a VLAN identifier from {lowest} to {highest}");
        }

        int priority = 0;
        if (parts.Length == 2 && !TryParse(parts[1], 0, VlanTag.HighestPriority, out priority))
        {
            throw new UsageException($"{option}: '{parts[1]}' is not a priority from 0 to {VlanTag.HighestPriority}");
        }

        return new VlanTag(identifier, priority);
    }

    public static string FileName(string option, string text)
        => text.Length > 0 ? text : throw new UsageException($"{option}: the name of a file is missing");

    private static bool TryParse(string text, int lowest, int highest, out int value)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= lowest && value <= highest;
}
