namespace Engine.Mbufs.Tests.Conformance;

/// <summary>
/// Where the engine does better than the reference on purpose, so that the runner has to do what the reference would have done before
/// the line is compared, as every line is. This is all of it: any other difference is a failure.
/// </summary>
/// <param name="Operations">The operations that may deviate in this way; in all others it is a failure.</param>
/// <param name="Reference">What the reference does.</param>
/// <param name="Reason">What the engine does, and why that is better.</param>
/// <param name="Runner">What the runner does about it.</param>
internal sealed record Deviation(string[] Operations, string Reference, string Reason, string Runner)
{
    private const int LargestInReference = (int)MbufClusterSize.Standard;

    private static readonly Deviation s_chainFreed = new(
        ["M_PREPEND", "m_prepend", "m_pullup", "m_copyup", "m_pulldown", "m_unshare", "m_split"],
        "An operation that cannot be done, for want of memory or of bytes, frees the chain (m_split keeps it) and returns null. It asks for memory even "
            + "where the chain's own would do.",
        "A failed operation leaves the chain as it was, so that the caller decides; and it succeeds where it needs nothing, by using the "
            + "internal buffer of the first mbuf, or the room for a packet header that every mbuf has.",
        "Checks that the chain is as it was, and frees it; what m_split cut is joined again. A success counts as a failure only while "
            + "memory is refused and the reference failed.");

    private static readonly Deviation s_partial = new(
        ["m_append", "m_append_hex", "m_copyback", "m_copyback_hex"],
        "Without memory for all of the bytes, those that fit are stored, and m_copyback does not even say so.",
        "All or nothing: nobody can use half of a message whose other half is lost.",
        "Checks that the chain is as it was, and stores those that fit, by the same operation with fewer bytes.");

    private static readonly Deviation s_contiguity = new(
        ["m_pulldown"],
        $"More than {LargestInReference} bytes cannot be contiguous: the chain is freed.",
        $"Contiguity is served up to {MbufSizes.MaximumContiguous} bytes, by jumbo clusters.",
        "Checks that the bytes are contiguous, and frees the chain.");

    public static IReadOnlyList<Deviation> All { get; } = [s_chainFreed, s_partial, s_contiguity];

    /// <summary>
    /// For an operation that takes the chain along when it fails in the reference: frees the chain if it failed here, or if it needed
    /// none of the memory that the reference was refused.
    /// </summary>
    /// <returns>True if the operation is done and the chain is still there.</returns>
    public static bool Survives(TraceStep step, MbufChain chain, ChainState before, bool done)
    {
        if (!done)
        {
            before.AssertUnchanged(chain);
        }

        if (done && !(step.Machine.RefusesMemory && ReferenceReturnsNull(step)))
        {
            return true;
        }

        s_chainFreed.Apply(step);
        chain.Free();
        return false;
    }

    /// <summary>For m_pulldown: the same, and too many bytes for the reference free the chain, too.</summary>
    public static bool Survives(TraceStep step, MbufChain chain, ChainState before, bool done, int contiguous)
    {
        if (!done || contiguous <= LargestInReference)
        {
            return Survives(step, chain, before, done);
        }

        s_contiguity.Apply(step);
        chain.Free();
        return false;
    }

    /// <summary>For a split: takes it back if it needed none of the memory that the reference was refused.</summary>
    /// <returns>The rest, or null if it was joined again.</returns>
    public static MbufChain Kept(TraceStep step, MbufChain chain, MbufChain rest, int packetLength)
    {
        if (rest.IsNull || !step.Machine.RefusesMemory || !ReferenceReturnsNull(step))
        {
            return rest;
        }

        s_chainFreed.Apply(step);
        chain.Append(rest);
        chain.PacketLength = packetLength;
        return default;
    }

    /// <summary>For bytes that could not be stored: how many of them the reference stores, from the first on.</summary>
    /// <param name="step">The operation.</param>
    /// <param name="chain">The chain, after the failure.</param>
    /// <param name="before">The chain before.</param>
    /// <param name="offset">Where they go.</param>
    public static int Fitting(TraceStep step, MbufChain chain, ChainState before, int offset)
    {
        s_partial.Apply(step);
        before.AssertUnchanged(chain);

        // A gap is filled by fresh mbufs in the reference, so without them nothing behind it is stored.
        return offset > chain.Length ? 0 : chain.Length - offset + chain.Tailroom;
    }

    public override string ToString() => $"{string.Join(", ", Operations)}: {Reference} {Reason}";

    private static bool ReferenceReturnsNull(TraceStep step)
        => TraceFile.ContentOf(step.Expected).StartsWith($"{step.Line.Number} {step.Line.Operation} ret=null ", StringComparison.Ordinal);

    private void Apply(TraceStep step)
    {
        if (!Operations.Contains(step.Line.Operation))
        {
            throw new TraceException($"{step.Line.Operation} does not deviate in this way: {this}");
        }
    }
}
