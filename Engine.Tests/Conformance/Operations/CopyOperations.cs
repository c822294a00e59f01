namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Copies of chains, and of their bytes.</summary>
internal static class CopyOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_copym"] = ShareRange,
        ["m_copypacket"] = Share,
        ["m_dup"] = Duplicate,
        ["m_copydata"] = CopyOut,
        ["m_unshare"] = Unshare,
    };

    private static void ShareRange(TraceStep step, in MbufScope mbufs)
    {
        int destination = step.Destination();
        MbufChain chain = step.Subject(mbufs, out int register);
        int offset = step.Line.Count();
        int length = step.Line.Length();
        var before = ChainState.Of(chain);
        if (!chain.TryShare(offset, length, out MbufChain copy))
        {
            before.AssertUnchanged(chain);
        }
        else if (copy.IsEmpty && (length == 0 || offset > 0))
        {
            copy.Free(); // The reference has no copy of no bytes, but for all of an empty chain.
            copy = default;
        }

        step.Deliver(mbufs, destination, copy);
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Share(TraceStep step, in MbufScope mbufs)
    {
        int destination = step.Destination();
        MbufChain chain = step.Subject(mbufs, out int register);
        var before = ChainState.Of(chain);
        MbufChain copy = chain.Share();
        if (copy.IsNull)
        {
            before.AssertUnchanged(chain);
        }

        step.Deliver(mbufs, destination, copy);
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Duplicate(TraceStep step, in MbufScope mbufs)
    {
        int destination = step.Destination();
        MbufChain chain = step.SubjectOrNull(mbufs, out int register);
        MbufChain copy = chain.IsNull ? default : chain.Duplicate();
        step.Returns(!copy.IsNull);
        if (!copy.IsNull)
        {
            step.Key("writable", IsWritable(copy));
        }

        step.PutAndShow(mbufs, destination, copy);
        step.PutAndShow(mbufs, register, chain);
    }

    private static void CopyOut(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int offset = step.Line.Count();
        byte[] bytes = new byte[step.Line.Count()];
        if (!chain.TryCopyTo(offset, bytes))
        {
            throw step.Refused("the chain is said to be too short.");
        }

        step.Key("dfnv", TracePayload.Hash(bytes));
        step.Machine.Put(register, chain);
    }

    private static void Unshare(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        var before = ChainState.Of(chain);
        bool done = chain.TryUnshare();
        bool survives = Deviation.Survives(step, chain, before, done);
        step.Returns(survives);
        if (survives)
        {
            step.Key("writable", IsWritable(chain));
        }

        step.PutAndShow(mbufs, register, survives ? chain : default);
    }

    /// <summary>Every mbuf of it.</summary>
    private static bool IsWritable(MbufChain chain)
    {
        MbufPosition position = chain.Start;
        bool writable = position.IsWritable;
        while (position.TryGetNext(out position))
        {
            writable &= position.IsWritable;
        }

        return writable;
    }
}
