using System.Globalization;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Bytes in one piece, and where bytes are.</summary>
internal static class ContiguityOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_pullup"] = PullUp,
        ["m_copyup"] = CopyUp,
        ["m_pulldown"] = PullDown,
        ["m_getptr"] = Locate,
        ["mtod"] = First,
    };

    private static void PullUp(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int length = step.Line.Count();
        var before = ChainState.Of(chain);
        bool done = chain.TryPullUp(length, out _);
        bool survives = Deviation.Survives(step, chain, before, done);
        step.Returns(survives);
        if (survives)
        {
            step.Key("contig", chain.FirstSpan.Length >= length);
        }

        step.PutAndShow(mbufs, register, survives ? chain : default);
    }

    private static void CopyUp(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int length = step.Line.Count();
        int headroom = step.Line.Count();
        var before = ChainState.Of(chain);
        bool done = chain.TryCopyUp(length, headroom, out _);
        bool survives = Deviation.Survives(step, chain, before, done);
        step.Returns(survives);
        if (survives)
        {
            step.Key("contig", chain.FirstSpan.Length >= length);
            step.Key("lead", chain.Headroom >= headroom);
        }

        step.PutAndShow(mbufs, register, survives ? chain : default);
    }

    private static void PullDown(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int offset = step.Line.Count();
        int length = step.Line.Count();
        bool anywhere = step.Line.Flag();
        var before = ChainState.Of(chain);
        bool done = anywhere
            ? chain.TryPullDown(offset, length, out MbufPosition position)
            : chain.TryPullDownToSegment(offset, length, out position);
        ReadOnlySpan<byte> bytes = done ? position.Span : default;
        bool contiguous = bytes.Length >= length;
        if (done && length > 0 && !contiguous)
        {
            throw step.Refused($"{bytes.Length} bytes are contiguous, not {length}.");
        }

        done &= offset < chain.Length || length > 0; // The reference finds no bytes at the end.
        bool survives = Deviation.Survives(step, chain, before, done, length);
        step.Returns(survives);
        if (survives)
        {
            // Without an offset the data starts where the mbuf's does.
            step.Key("at", anywhere ? position.Offset : position.Offset - position.OffsetInSegment);
            step.Key("contig", contiguous);
            step.Key("dfnv", TracePayload.Hash(bytes[..length]));
        }

        step.PutAndShow(mbufs, register, survives ? chain : default);
    }

    private static void Locate(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int location = step.Line.Integer();
        try
        {
            bool found = chain.TryGetPosition(location, out MbufPosition position);
            step.Returns(found);
            if (found)
            {
                step.Key("at", position.Offset);
                step.Key("byte", position.IsEnd ? "end" : position.Span[0].ToString("x2", CultureInfo.InvariantCulture));
            }
        }
        catch (ArgumentOutOfRangeException) when (location < 0)
        {
            step.Returns(false); // A caller's mistake: null in the reference.
        }

        step.Machine.Put(register, chain);
    }

    private static void First(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Key("dfnv", TracePayload.Hash(chain.FirstSpan[..step.Line.Count()]));
        step.Machine.Put(register, chain);
    }
}
