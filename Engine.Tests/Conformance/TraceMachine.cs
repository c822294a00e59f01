namespace Engine.Mbufs.Tests.Conformance;

/// <summary>
/// What a trace works with: registers, tag registers, queues, and an arena that is large enough for all of it and has no
/// headroom, as the reference has none.
/// </summary>
internal sealed class TraceMachine : IDisposable
{
    public const int RegisterCount = 32;
    public const int TagCount = 16;
    public const int QueueCount = 4;

    private readonly Mbuf[] _registers = new Mbuf[RegisterCount];
    private readonly MbufTagHandle[] _tags = new MbufTagHandle[TagCount];
    private readonly MbufQueue?[] _queues = new MbufQueue?[QueueCount];

    public TraceMachine(bool isChecked) => Arena = new MbufArena(new MbufArenaOptions
    {
        Mbufs = 32_768,
        Clusters = 4_096,
        PageClusters = 256,
        Jumbo9Clusters = 256,
        Jumbo16Clusters = 256,
        Headroom = 0,
        Caches = 4,
        HugePages = false,
        Checked = isChecked,
    });

    public MbufArena Arena { get; }

    public ExternalBuffers Externals { get; } = new();

    /// <summary>True while every allocation is made to fail.</summary>
    public bool RefusesMemory => Arena.Stress.AllocationFailureRate > 0;

    /// <summary>
    /// True once an mbuf inside a chain has been given a packet header, which only a test can do: the audit would report it.
    /// </summary>
    public bool HasPlantedHeader { get; set; }

    /// <summary>Tags on packets and on none; each of them is an mbuf, too.</summary>
    public int LiveTags
    {
        get
        {
            int tags = 0;
            for (uint index = 1; index <= Arena.Zones[(int)ZoneId.Mbuf].Carved; index++)
            {
                uint flags = Arena.Memory.Header(index).Flags;
                tags += (flags & HeaderFlags.Tag) != 0 ? 1 : 0;
            }

            return tags;
        }
    }

    public void RefuseMemory(bool refuse) => Arena.Stress.AllocationFailureRate = refuse ? 1 : 0;

    public bool IsNull(int register) => _registers[register].IsNull;

    public bool IsNullTag(int place) => _tags[place].IsNull;

    /// <summary>Takes the chain out of a register, which is null until <see cref="Put"/>.</summary>
    public MbufChain Take(in MbufScope mbufs, int register)
    {
        Mbuf packet = _registers[register];
        _registers[register] = default;
        return packet.IsNull ? throw new TraceException($"Register r{register} is null.") : mbufs.Open(packet);
    }

    /// <summary>Puts a chain, which may be null, into an empty register.</summary>
    public void Put(int register, MbufChain chain)
    {
        if (!_registers[register].IsNull)
        {
            throw new TraceException($"Register r{register} is not null.");
        }

        _registers[register] = chain.IsNull ? default : chain.Detach();
    }

    public MbufTag TakeTag(in MbufScope mbufs, int place)
    {
        MbufTagHandle tag = _tags[place];
        _tags[place] = default;
        return tag.IsNull ? throw new TraceException($"Tag register t{place} is null.") : mbufs.OpenTag(tag);
    }

    public void PutTag(int place, MbufTag tag)
    {
        if (!_tags[place].IsNull)
        {
            throw new TraceException($"Tag register t{place} is not null.");
        }

        _tags[place] = tag.IsNull ? default : tag.Detach();
    }

    public bool HasQueue(int place) => _queues[place] is not null;

    public MbufQueue Queue(int place) => _queues[place] ?? throw new TraceException($"Queue q{place} is not initialised.");

    public void InitializeQueue(int place, int limit)
    {
        if (_queues[place] is { Count: > 0 })
        {
            throw new TraceException($"Queue q{place} is not empty.");
        }

        _queues[place] = new MbufQueue(Arena, limit);
    }

    /// <summary>Every item of the arena is in one place, and every chain is sane.</summary>
    public void Audit()
    {
        if (!HasPlantedHeader)
        {
            Arena.Audit().ThrowIfInconsistent();
        }
    }

    /// <summary>The same, and nothing is left of the trace.</summary>
    public void AuditEnd()
    {
        MbufAudit audit = Arena.Audit();
        audit.ThrowIfInconsistent();
        int live = audit.LiveMbufs + audit.LiveTags + Externals.Live;
        if (live > 0)
        {
            throw new TraceException($"{live} mbufs, tags and external buffers are left at the end.");
        }
    }

    public void Dispose()
    {
        // External storage that a failed trace leaves attached is released by the arena, so its memory goes afterwards.
        Arena.Dispose();
        Externals.Dispose();
    }
}
