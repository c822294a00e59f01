namespace Engine.Mbufs;

/// <summary>
/// Failures made on purpose, to show that a program bears them (mbuf(9): MBUF_STRESS_TEST with kern.ipc.m_defragrandomfailures and
/// net.inet.ip.mbuf_frag_size). Each arena has one: <see cref="MbufArena.Stress"/>. All of it is off until it is set.
/// </summary>
/// <remarks>
/// <para>Thread-safe: everything can be set at any time, by any thread, while others work; they meet it with their next operation.</para>
/// <para>An allocation is the taking of one item by an operation: an mbuf, a cluster, a pair of both, a record of attached
/// storage. One that fails here fails as if the arena were exhausted, and is counted as denied, but nothing is looked for
/// anywhere else. Frees, and what an operation gives back when it fails, are not affected. A waiting allocation that fails here
/// tries again until its time is over: at once, and then every millisecond.</para>
/// <para>While one thread works, the same seed and the same operations give the same failures. Several threads share
/// the sequence.</para>
/// <para>Costs nothing while it is off. No managed memory is allocated.</para>
/// </remarks>
public sealed class MbufStress
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;
    private const ulong OfDefragment = 0xD1B5_4A32_D192_ED03;

    private readonly MbufArena _arena;
    private long _seed;
    private ulong _allocationState;
    private ulong _defragmentState = OfDefragment;
    private double _allocationFailureRate;
    private double _defragmentFailureRate;
    private long _failAllocationNumber;
    private int _fragmentSize;
    private long _allocations;
    private long _allocationFailures;
    private long _defragmentFailures;

    internal MbufStress(MbufArena arena) => _arena = arena;

    /// <summary>
    /// Where the random sequences start, any number; 0 unless it was set. Setting it starts them again, also with the same number.
    /// </summary>
    public long Seed
    {
        get => Volatile.Read(ref _seed);
        set
        {
            Volatile.Write(ref _seed, value);
            Volatile.Write(ref _allocationState, (ulong)value);
            Volatile.Write(ref _defragmentState, (ulong)value ^ OfDefragment);
        }
    }

    /// <summary>
    /// The probability that an allocation fails, 0 to 1: 0 for none, which is the default, 1 for every one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 0, more than 1 or not a number.</exception>
    public double AllocationFailureRate
    {
        get => Volatile.Read(ref _allocationFailureRate);
        set
        {
            ThrowIfNotRate(value);
            lock (_arena.Gate)
            {
                Volatile.Write(ref _allocationFailureRate, value);
                _arena.ApplyStress();
            }
        }
    }

    /// <summary>
    /// The number of the allocation that fails, counted from now: 1 for the next one. It fails once; afterwards, and by default,
    /// this is 0: none. Reading it tells how many are left. <see cref="long.MaxValue"/> counts allocations and fails none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long FailAllocationNumber
    {
        get => Volatile.Read(ref _failAllocationNumber);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (_arena.Gate)
            {
                Volatile.Write(ref _failAllocationNumber, value);
                _arena.ApplyStress();
            }
        }
    }

    /// <summary>
    /// The probability that <see cref="MbufChain.TryDefragment"/> fails, where it has anything to do, 0 to 1
    /// (kern.ipc.m_defragrandomfailures); 0, for never, is the default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 0, more than 1 or not a number.</exception>
    public double DefragmentFailureRate
    {
        get => Volatile.Read(ref _defragmentFailureRate);
        set
        {
            ThrowIfNotRate(value);
            Volatile.Write(ref _defragmentFailureRate, value);
        }
    }

    /// <summary>
    /// Bytes of each mbuf, at most, that a packet handed to a send of <see cref="MbufSocket"/> comes apart into before it is sent,
    /// 1 to 2,048 (net.inet.ip.mbuf_frag_size); 0, for as it is, is the default. What is sent is the same. A packet stays apart if
    /// not all of it was sent; it is sent as it is if there is no memory to take it apart.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or more than 2,048.</exception>
    public int MaximumSegmentLength
    {
        get => Volatile.Read(ref _fragmentSize);
        set
        {
            if (value is < 0 or > (int)MbufClusterSize.Standard)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, "A fragment has 1 to 2048 bytes; 0 leaves packets as they are.");
            }

            Volatile.Write(ref _fragmentSize, value);
        }
    }

    /// <summary>
    /// Allocations seen while <see cref="AllocationFailureRate"/> or <see cref="FailAllocationNumber"/> was not 0, those that
    /// failed included. Only ever grows.
    /// </summary>
    public long Allocations => Volatile.Read(ref _allocations);

    /// <summary>Allocations that were made to fail. Only ever grows.</summary>
    public long AllocationFailures => Volatile.Read(ref _allocationFailures);

    /// <summary>Defragmentations that were made to fail. Only ever grows.</summary>
    public long DefragmentFailures => Volatile.Read(ref _defragmentFailures);

    /// <summary>True while every allocation has to ask <see cref="InjectsAllocationFailure"/>.</summary>
    internal bool AffectsAllocations
        => Volatile.Read(ref _failAllocationNumber) != 0 || Volatile.Read(ref _allocationFailureRate) > 0;

    /// <summary>Counts an allocation. True if it is to fail.</summary>
    internal bool InjectsAllocationFailure()
    {
        if (!AffectsAllocations)
        {
            return false;
        }

        Interlocked.Increment(ref _allocations);
        bool injects = IsTheNumber() | Injects(ref _allocationFailureRate, ref _allocationState);
        if (injects)
        {
            Interlocked.Increment(ref _allocationFailures);
        }

        return injects;
    }

    /// <summary>True if a defragmentation, which has something to do, is to fail.</summary>
    internal bool InjectsDefragmentFailure()
    {
        bool injects = Injects(ref _defragmentFailureRate, ref _defragmentState);
        if (injects)
        {
            Interlocked.Increment(ref _defragmentFailures);
        }

        return injects;
    }

    /// <summary>Counts down. True for the one that comes to 0.</summary>
    private bool IsTheNumber()
    {
        long left = Volatile.Read(ref _failAllocationNumber);
        while (left > 0)
        {
            long seen = Interlocked.CompareExchange(ref _failAllocationNumber, left - 1, left);
            if (seen == left)
            {
                return left == 1;
            }

            left = seen;
        }

        return false;
    }

    /// <summary>
    /// Draws the next number of a sequence (Steele, Lea and Flood's SplitMix), which several threads may do at a time.
    /// </summary>
    private static bool Injects(ref double rate, ref ulong state)
    {
        double threshold = Volatile.Read(ref rate);
        if (threshold <= 0)
        {
            return false;
        }

        ulong bits = Interlocked.Add(ref state, Step);
        bits = (bits ^ (bits >> 30)) * 0xBF58_476D_1CE4_E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D0_49BB_1331_11EB;
        bits ^= bits >> 31;
        return (bits >> 11) * (1.0 / (1UL << 53)) < threshold;
    }

    private static void ThrowIfNotRate(double value)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A rate of failures is a probability, from 0 to 1.");
        }
    }
}
