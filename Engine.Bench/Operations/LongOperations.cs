namespace Engine.Mbufs.Bench.Operations;

/// <summary>Long packets: what must not depend on the number of their segments, and a walk over them.</summary>
internal sealed class LongOperations : Setting
{
    private const string Joined = "concat";
    private const int SegmentLength = Sizes.PayloadLength;

    private static readonly int[] s_numbers = [1, 16, 256, 4096];

    private readonly Operation _operation;

    /// <summary>The packet, which stays from one run to the next.</summary>
    private Mbuf _held;
    private int _observed;

    private LongOperations(Operation operation, MbufArenaOptions options)
        : base(options)
    {
        _operation = operation;
        using MbufScope mbufs = Arena.Enter();
        _held = Packet(mbufs, operation.Number, SegmentLength).Detach();
    }

    /// <summary>Bytes behind the last segment's: O(1).</summary>
    public static Operation Append(int segments)
        => Of(segments, "append-tail", "64 bytes appended to a packet of {0}, and trimmed off again", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = mbufs.Open(on._held);
            ReadOnlySpan<byte> payload = on.Payload(SegmentLength);
            for (int i = 0; i < count; i++)
            {
                Write(packet, payload);
                packet.TrimEnd(SegmentLength);
            }

            on._held = packet.Detach();
        });

    /// <summary>As in a stream: a segment comes behind the last one, and the first one goes. O(1).</summary>
    public static Operation Concatenate(int segments)
        => Of(segments, Joined, "a segment joined behind a packet of {0}, and the first one freed", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = mbufs.Open(on._held);
            for (int i = 0; i < count; i++)
            {
                MbufChain segment = mbufs.AllocatePacket();
                Require(segment.TryAppend(SegmentLength, out _));
                packet.Append(segment);
                packet.TrimStart(SegmentLength);
            }

            on._held = packet.Detach();
        });

    /// <summary>Asked for its length and number of segments: O(1).</summary>
    public static Operation Length(int segments)
        => Of(segments, "length", "length and number of segments read of a packet of {0}", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = mbufs.Open(on._held);
            for (int i = 0; i < count; i++)
            {
                // Written where somebody might look, so that no turn of the loop is dropped or shared with the next.
                Volatile.Write(ref on._observed, packet.Length + packet.SegmentCount);
            }

            on._held = packet.Detach();
        });

    /// <summary>Every segment looked at, of which each counts as one operation.</summary>
    public static Operation Walk(int segments)
        => Of(segments, "walk", "a segment looked at of a packet of {0}", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            MbufChain packet = mbufs.Open(on._held);
            Walk(packet, count);
            on._held = packet.Detach();
        });

    public static IReadOnlyList<Operation> All { get; } =
    [
        .. s_numbers.Select(static number => Append(number).OnlyCompared(null, PeerNames.Dpdk)),
        .. s_numbers.Select(static number => Concatenate(number).OnlyCompared(null, PeerNames.Dpdk)),
        .. s_numbers.Select(static number => Length(number).OnlyCompared(null, PeerNames.Dpdk)),
        .. s_numbers.Select(Walk),
    ];

    private static Operation Of(int number, string series, string text, Action<LongOperations, int> body)
    {
        string segments = number == 1 ? "1 segment" : $"{Sizes.Digits(number)} segments";
        return Operation.Of(
            Sizes.Name(series, number),
            text.Replace("{0}", segments, StringComparison.Ordinal),
            static (operation, options) => new LongOperations(operation, options),
            body).Checked<LongOperations>(static on => on.IsRight()) with
        {
            IsCounted = false,
            Series = series,
            Number = number,
            Smallest = number == s_numbers[0] ? null : Sizes.Name(series, s_numbers[0]),
        };
    }

    /// <summary>Outside of the scope's block, in which the chain could not stay in registers.</summary>
    private static void Walk(MbufChain packet, int count)
    {
        int number = packet.SegmentCount;
        long length = 0;
        long walked = 0;
        for (int i = 0; i < count; i += number)
        {
            foreach (ReadOnlySpan<byte> segment in packet.Segments)
            {
                length += segment.Length;
            }

            walked += packet.Length;
        }

        Require(length == walked);
    }

    public override void Release()
    {
        if (!_held.IsNull)
        {
            using MbufScope mbufs = Arena.Enter();
            mbufs.Free([_held]);
            _held = default;
        }
    }

    /// <summary>The packet says how long it is; a walk finds the same, and the same bytes unless they were replaced.</summary>
    private bool IsRight()
    {
        using MbufScope mbufs = Arena.Enter();
        MbufChain packet = mbufs.Open(_held);
        int segments = 0;
        bool isRight = packet.SegmentCount == _operation.Number && packet.Length == _operation.Number * SegmentLength;
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            isRight &= segment.Length == SegmentLength
                && (_operation.Series == Joined || segment.SequenceEqual(Payload(SegmentLength)));
            segments++;
        }

        _held = packet.Detach();
        return isRight && segments == _operation.Number;
    }
}
