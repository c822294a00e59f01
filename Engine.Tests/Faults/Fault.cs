namespace Engine.Mbufs.Tests.Faults;

/// <summary>
/// Does an operation that needs memory, and what it takes to leave nothing behind but the chain if it succeeds.
/// </summary>
/// <param name="mbufs">Where memory comes from.</param>
/// <param name="chain">What the operation is done with.</param>
/// <param name="partner">A second packet, with tags and every field of the cold line, that the operation only reads.</param>
/// <returns>False if the operation said that the arena is exhausted.</returns>
internal delegate bool FaultAttempt(in MbufScope mbufs, MbufChain chain, MbufChain partner);

/// <summary>An operation that needs memory, so that each of its allocations can be made to fail.</summary>
/// <param name="Operation">The public operation, as <see cref="AllocatingOperations"/> writes it.</param>
/// <param name="Case">What is special about this use of it; empty if nothing is.</param>
/// <param name="Attempt">Does it.</param>
internal sealed partial record Fault(string Operation, string Case, FaultAttempt Attempt)
{
    /// <summary>Several uses of one operation may be in it; every operation has to be.</summary>
    public static IReadOnlyList<Fault> All { get; } =
        [
            .. OfScopes(), .. OfWaiting(), .. OfChains(), .. OfLayouts(), .. OfViews(), .. OfWriters(), .. OfHeaders(), .. OfCaptures(),
            .. OfParts(), .. OfReassembly(),
        ];

    /// <summary>It makes a chain of its own and leaves the one it is given alone: one shape is enough.</summary>
    public bool IsFresh { get; init; }

    /// <summary>It goes on after an allocation failed, and succeeds with another.</summary>
    public bool Recovers { get; init; }

    /// <summary>For an empty first mbuf with an internal buffer only.</summary>
    public bool NeedsEmptyFirst { get; init; }

    /// <summary>For chains with a packet header only.</summary>
    public bool NeedsHeader { get; init; }

    /// <summary>For chains that hold some bytes.</summary>
    public bool NeedsData { get; init; }

    /// <summary>For packets with an IPv4 header only.</summary>
    public bool NeedsIPv4 { get; init; }

    public bool Suits(FaultShape shape)
        => (!IsFresh || shape == FaultShape.All[0])
            && (!NeedsEmptyFirst || shape.StartsEmpty)
            && (!NeedsHeader || shape.HasHeader)
            && (!NeedsData || shape.Length > 1)
            && (!NeedsIPv4 || shape.IsIPv4);

    public override string ToString() => Case.Length == 0 ? Operation : $"{Operation}, {Case}";

    private static byte[] Bytes(int length) => BytePattern.Of(length, seed: 77);

    /// <summary>True if there is a chain, which is freed.</summary>
    private static bool Freed(MbufChain chain)
    {
        chain.Dispose();
        return !chain.IsNull;
    }

    private static bool Freed(MbufTag tag)
    {
        tag.Dispose();
        return !tag.IsNull;
    }
}
