namespace Engine.Mbufs;

/// <summary>
/// The word that threads compete for, of each cache: in the low bits what may be done with its magazines, above them which
/// thread they are open for, so that a thread finds out by one comparison whether a cache is its own.
/// </summary>
internal static class Claim
{
    /// <summary>Nobody's: whoever exchanges it may enter or drain.</summary>
    public const long Idle = 0;

    /// <summary>With the owner's number. Left by the owner; for one whose thread has ended, by whoever adopts the cache.</summary>
    public const long Open = 1;

    /// <summary>A thread that holds the gate moves what the magazines hold to the depot.</summary>
    public const long Draining = 2;

    /// <summary>With the owner's number: it sleeps for memory inside its scope. Others may drain, but not enter.</summary>
    public const long Parked = 3;

    /// <summary>With the owner's number.</summary>
    public const long DrainingParked = 4;

    /// <summary>For ever: another cache took its place.</summary>
    public const long Retired = 5;

    private const int StateBits = 3;
    private const long StateMask = (1 << StateBits) - 1;

    /// <summary>The claim of an owner whose scope is open.</summary>
    public static long OpenFor(long owner) => (owner << StateBits) | Open;

    public static long StateOf(long claim) => claim & StateMask;

    /// <summary>The same owner's claim in another state.</summary>
    public static long InState(long claim, long state) => (claim & ~StateMask) | state;
}
