using System.Globalization;

namespace Engine.Mbufs.Bench;

/// <content>The works that there are.</content>
internal sealed partial record Work
{
    private static readonly int[] s_inFlight = [1024, 4096, 16_384, 65_536, 1_048_576];
    private static readonly int[] s_segments = [1, 16, 256, 4096];

    /// <summary>Every work, in the order of the tables.</summary>
    public static IReadOnlyList<Work> All { get; } =
    [
        new("alloc-free", "one packet with a 2 KiB cluster allocated and freed", 0.45, 0.3),
        new("burst32", "32 packets allocated all or nothing, and freed in bulk", 0.6, 0.45),
        .. s_inFlight.Select(static number => InFlight(number, "inflight", "", number == PacketsFew ? (0.3, 0.22) : null)),
        .. s_inFlight.Select(static number => InFlight(
            number, "inflight-write64", "-write64", number == PacketsFew ? (0.32, 0.28) : null)),
        new("prepend-trim", "14 bytes prepended in the headroom, and trimmed off again", 0.85, 0.6),
        new("prepend-no-room", "14 bytes prepended where there is no room, in another mbuf, and trimmed off again"),
        new("share-free", "one segment of 1,500 bytes shared (m_copypacket), and the share freed", 0.5, 0.35),
        new("chain4", "four packets allocated, 64 bytes written into each, made one, and freed", 0.85, 0.5),
        new("chain4-linearize", "four segments of 375 bytes allocated, made one packet, made one segment, and freed", 0.8, 0.6),
        new("copy-1500", "one segment of 1,500 bytes copied (m_dup), and the copy freed", 0.75, 0.6),
        new("copy-out-1500x4", "1,500 bytes in four segments copied out (m_copydata)"),
        new("split-concat", "a packet of two segments made two packets (m_split), and one again (m_catpkt)"),
        new("parse-54x2", "54 bytes of headers that lie in two segments read, copied together"),
        new("pullup-54", "a packet of two segments allocated, 54 bytes of headers made contiguous (m_pullup), and freed"),
        .. s_segments.Select(static number => Long(
            number, "append-tail", "64 bytes appended to a packet of", "and trimmed off again")),
        .. s_segments.Select(static number => Long(
            number, "concat", "a segment joined behind a packet of", "and the first one freed")),
        .. s_segments.Select(static number => Long(number, "length", "length and number of segments read of a packet of", "")),
        new("checksum-1500", "the Internet checksum of 1,500 bytes in one segment", 0.5, 0.45),
        new("checksum-1500x4", "the same over four segments of 375 bytes", 0.6, 0.55),
        new("checksum-65536", "the Internet checksum of four segments of 16 KiB"),
        new("fragment-4000", "an IPv4 packet of 1400 + 1300 + 1300 bytes made, cut for an MTU of 1500, and freed", 0.75, 0.6),

        // Stated as speed: 1.5 times as fast, and 1.8 times.
        new("handoff-burst32", "bursts of 32 allocated on one core, handed over by a ring, freed on another", 0.667, 0.556)
        {
            Cores = 2,
        },
    ];

    private static Work InFlight(int number, string family, string suffix, (double Must, double Goal)? budget)
    {
        string what = $"{Digits(number)} of a shuffled pool allocated in bursts of 32, then all freed so";
        return new Work(
            $"inflight-{Invariant(number)}{suffix}",
            suffix.Length == 0 ? what : what + ", and 64 bytes appended to each",
            budget?.Must,
            budget?.Goal)
        {
            Family = family,
            Number = number,
            Smallest = number == s_inFlight[0] ? null : $"inflight-{Invariant(s_inFlight[0])}{suffix}",
        };
    }

    private static Work Long(int number, string family, string before, string behind)
    {
        string segments = number == 1 ? "1 segment" : $"{Digits(number)} segments";
        string all = behind.Length == 0 ? $"{before} {segments}" : $"{before} {segments}, {behind}";
        return new Work($"{family}-{Invariant(number)}", all)
        {
            Family = family,
            Number = number,
            Smallest = number == s_segments[0] ? null : $"{family}-{Invariant(s_segments[0])}",
        };
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Digits(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
