namespace Engine.Mbufs.Tests.Conformance;

/// <summary>More bytes: behind, in front, and over what is there.</summary>
internal static class GrowOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_append"] = Append,
        ["m_append_hex"] = AppendGiven,
        ["M_PREPEND"] = Prepend,
        ["m_prepend"] = PrependOnly,
        ["m_copyback"] = CopyBack,
        ["m_copyback_hex"] = CopyBackGiven,
    };

    private static void Append(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        Append(step, mbufs, chain, register, step.Line.Pattern());
    }

    private static void AppendGiven(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        Append(step, mbufs, chain, register, step.Line.Bytes());
    }

    private static void Append(TraceStep step, in MbufScope mbufs, MbufChain chain, int register, byte[] bytes)
    {
        var before = ChainState.Of(chain);
        bool done = chain.TryAppend(bytes);
        if (!done)
        {
            int fitting = Deviation.Fitting(step, chain, before, chain.Length);
            if (fitting >= bytes.Length || !chain.TryAppend(bytes.AsSpan(0, fitting)))
            {
                throw step.Refused($"there is room for {fitting} bytes.");
            }
        }

        step.Key("ret", done);
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Prepend(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        byte[] bytes = step.Line.Pattern();
        var before = ChainState.Of(chain);
        bool done = chain.TryPrepend(bytes.Length, out Span<byte> room);
        if (done)
        {
            bytes.CopyTo(room);
        }

        bool survives = Deviation.Survives(step, chain, before, done);
        step.Deliver(mbufs, register, survives ? chain : default);
    }

    private static void PrependOnly(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        byte[] bytes = step.Line.Pattern();
        int packetLength = chain.PacketLength;
        var before = ChainState.Of(chain);
        bool done = chain.TryPrepend(bytes);
        if (done && chain.HasPacketHeader)
        {
            // The function, as opposed to the macro, leaves the packet length to its caller.
            chain.PacketLength = packetLength;
        }

        bool survives = Deviation.Survives(step, chain, before, done);
        step.Deliver(mbufs, register, survives ? chain : default);
    }

    private static void CopyBack(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.SubjectOrNull(mbufs, out int register);
        int offset = step.Line.Count();
        CopyBack(step, mbufs, chain, register, offset, step.Line.Pattern());
    }

    private static void CopyBackGiven(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.SubjectOrNull(mbufs, out int register);
        int offset = step.Line.Count();
        CopyBack(step, mbufs, chain, register, offset, step.Line.Bytes());
    }

    private static void CopyBack(TraceStep step, in MbufScope mbufs, MbufChain chain, int register, int offset, byte[] bytes)
    {
        if (!chain.IsNull)
        {
            var before = ChainState.Of(chain);
            if (!chain.TryCopyFrom(offset, bytes))
            {
                int fitting = Deviation.Fitting(step, chain, before, offset);
                if (fitting >= bytes.Length || !chain.TryCopyFrom(Math.Min(offset, chain.Length), bytes.AsSpan(0, fitting)))
                {
                    throw step.Refused($"there is room for {fitting} bytes.");
                }
            }
        }

        step.PutAndShow(mbufs, register, chain);
    }
}
