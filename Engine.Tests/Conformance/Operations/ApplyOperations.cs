namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Callbacks over a range of bytes.</summary>
internal static class ApplyOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_apply"] = Apply,
        ["m_apply_xor"] = ApplyInPlace,
    };

    private static void Apply(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int offset = step.Line.Count();
        int length = step.Line.Count();
        var visitor = new HashingVisitor(step.Line.Count(), step.Line.Integer());
        if (!chain.TryVisit(offset, length, ref visitor, out int result))
        {
            throw step.Refused("the chain is said to be too short.");
        }

        step.Key("ret", result);
        step.Key("n", visitor.Taken);
        step.Key("dfnv", visitor.Hash);
        step.Machine.Put(register, chain);
    }

    private static void ApplyInPlace(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int offset = step.Line.Count();
        int length = step.Line.Count();
        var transformer = new Xor(step.Line.Small());
        if (!chain.TryTransform(offset, length, ref transformer, out int result))
        {
            throw step.Refused("the chain is said to be too short, or memory to be needed.");
        }

        step.Key("ret", result);
        step.Key("n", transformer.Taken);
        step.PutAndShow(mbufs, register, chain);
    }

    /// <summary>Takes bytes one by one, and gives an error for the one that is one too many.</summary>
    private struct HashingVisitor(int budget, int error) : IMbufVisitor
    {
        private readonly TraceHash _hash = new();

        public int Taken { get; private set; }

        public readonly string Hash => _hash.ToString();

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            int taken = Math.Min(bytes.Length, budget - Taken);
            _hash.Add(bytes[..taken]);
            Taken += taken;
            return taken < bytes.Length ? error : 0;
        }
    }

    private struct Xor(byte key) : IMbufTransformer
    {
        public int Taken { get; private set; }

        public int Transform(scoped Span<byte> bytes)
        {
            foreach (ref byte next in bytes)
            {
                next ^= key;
            }

            Taken += bytes.Length;
            return 0;
        }
    }
}
