namespace Engine.Mbufs.Tests.Faults;

/// <content>What makes bytes contiguous, and what writes over them.</content>
internal sealed partial record Fault
{
    private delegate bool WriterUse(ref MbufWriter writer);

    private static Fault PullDown(string operation, FaultAttempt attempt) => Chain(operation, attempt) with { NeedsData = true };

    private static IEnumerable<Fault> OfViews() =>
    [
        Chain("TryCopyUp(Int32, Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryCopyUp(chain.Length, 50, out _), "all"),
        Chain("TryCopyUp(Int32, Int32, ReadOnlySpan)", static (in _, chain, _) => chain.TryCopyUp(Half(chain) / 2, 50, out _), "some"),
        PullDown(
            "TryPullDown(Int32, Int32, ReadOnlySpan)",
            static (in _, chain, _) => chain.TryPullDown(Half(chain) / 2, Half(chain), out ReadOnlySpan<byte> _)),
        PullDown(
            "TryPullDown(Int32, Int32, MbufPosition)",
            static (in _, chain, _) => chain.TryPullDown(Half(chain) / 2, Half(chain), out MbufPosition _)),
        PullDown(
            "TryPullDownToSegment(Int32, Int32, MbufPosition)",
            static (in _, chain, _) => chain.TryPullDownToSegment(Half(chain) / 2, Half(chain), out _)),
        Chain("TryTransform(Int32, Int32, TTransformer, Int32)", static (in _, chain, _) => Inverted(chain)),
    ];

    private static IEnumerable<Fault> OfWriters() =>
    [
        .. Write("TryWrite(ReadOnlySpan)", static (ref writer) => writer.TryWrite(Bytes(3000))),
        .. Write("TryWriteByte(Byte)", static (ref writer) => writer.TryWriteByte(1)),
        .. Write("TryWriteBigEndian(T)", static (ref writer) => writer.TryWriteBigEndian((Int128)1)),
        .. Write("TryWriteLittleEndian(T)", static (ref writer) => writer.TryWriteLittleEndian((UInt128)1)),
        .. Write("TryWriteInt16BigEndian(Int16)", static (ref writer) => writer.TryWriteInt16BigEndian(1)),
        .. Write("TryWriteInt32BigEndian(Int32)", static (ref writer) => writer.TryWriteInt32BigEndian(1)),
        .. Write("TryWriteInt64BigEndian(Int64)", static (ref writer) => writer.TryWriteInt64BigEndian(1)),
        .. Write("TryWriteUInt16BigEndian(UInt16)", static (ref writer) => writer.TryWriteUInt16BigEndian(1)),
        .. Write("TryWriteUInt32BigEndian(UInt32)", static (ref writer) => writer.TryWriteUInt32BigEndian(1)),
        .. Write("TryWriteUInt64BigEndian(UInt64)", static (ref writer) => writer.TryWriteUInt64BigEndian(1)),
        .. Write("TryWriteInt16LittleEndian(Int16)", static (ref writer) => writer.TryWriteInt16LittleEndian(1)),
        .. Write("TryWriteInt32LittleEndian(Int32)", static (ref writer) => writer.TryWriteInt32LittleEndian(1)),
        .. Write("TryWriteInt64LittleEndian(Int64)", static (ref writer) => writer.TryWriteInt64LittleEndian(1)),
        .. Write("TryWriteUInt16LittleEndian(UInt16)", static (ref writer) => writer.TryWriteUInt16LittleEndian(1)),
        .. Write("TryWriteUInt32LittleEndian(UInt32)", static (ref writer) => writer.TryWriteUInt32LittleEndian(1)),
        .. Write("TryWriteUInt64LittleEndian(UInt64)", static (ref writer) => writer.TryWriteUInt64LittleEndian(1)),
    ];

    private static IEnumerable<Fault> Write(string operation, WriterUse use) =>
    [
        new($"MbufWriter.{operation}", "in the middle", (in _, chain, _) => Written(chain, Half(chain), use)),
        new($"MbufWriter.{operation}", "at the end", (in _, chain, _) => Written(chain, chain.Length, use)),
    ];

    private static bool Written(MbufChain chain, int position, WriterUse use)
    {
        MbufWriter writer = chain.GetWriter();
        Must(writer.TrySeek(position), "The writer goes to any place of the chain.");
        bool done = use(ref writer);
        Must(done == (writer.Position > position), "A writer that is refused stays where it is.");
        return done;
    }

    private static bool Inverted(MbufChain chain)
    {
        var inverter = default(Inverter);
        return chain.TryTransform(0, chain.Length, ref inverter, out _);
    }

    private struct Inverter : IMbufTransformer
    {
        public readonly int Transform(scoped Span<byte> bytes)
        {
            foreach (ref byte one in bytes)
            {
                one = (byte)~one;
            }

            return 0;
        }
    }
}
