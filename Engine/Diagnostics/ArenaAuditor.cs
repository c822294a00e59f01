namespace Engine.Mbufs;

/// <summary>
/// One audit: collects every free item, walks every live chain, and compares. The caller holds the gate and every cache's
/// claim, so nothing moves.
/// </summary>
internal sealed class ArenaAuditor(MbufArena arena)
{
    /// <summary>The place of mbufs that are taken last, linked by what is otherwise the link to the next packet.</summary>
    public const string Resting = "the mbufs that rest";

    private const int MostProblems = 64;

    private readonly List<string> _problems = [];
    private readonly string?[] _mbufPlaces = new string?[arena.Zones[(int)ZoneId.Mbuf].Carved + 1];
    private readonly bool[] _freePairs = new bool[arena.Zones[(int)ZoneId.Mbuf].Carved + 1];
    private readonly int[][] _references = new int[arena.Layout.Storages.Length][];
    private readonly bool[][] _freeClusters = new bool[arena.Layout.Storages.Length][];
    private readonly int[] _liveClusters = new int[arena.Layout.Storages.Length];
    private int _liveChains;
    private int _liveMbufs;
    private int _liveTags;

    public MbufAudit Run(IEnumerable<(ZoneId Zone, Round Round, string Place)> free)
    {
        for (int kind = 1; kind < _references.Length; kind++)
        {
            _references[kind] = new int[arena.Zones[kind].Carved];
            _freeClusters[kind] = new bool[arena.Zones[kind].Carved];
        }

        foreach ((ZoneId zone, Round round, string place) in free)
        {
            NoteFree(zone, round, place);
        }

        for (uint index = 1; index < _mbufPlaces.Length; index++)
        {
            ref MbufHeader header = ref arena.Memory.Header(index);
            if (_freePairs[index])
            {
                continue; // It looks like a packet, which is what it will be.
            }

            if ((header.Flags & (HeaderFlags.Head | HeaderFlags.Free)) == HeaderFlags.Head)
            {
                WalkChain(index);
            }
            else if ((header.Flags & (HeaderFlags.Tag | HeaderFlags.Attached | HeaderFlags.Free)) == HeaderFlags.Tag)
            {
                WalkTags(index, attached: false, "a tag on no packet");
            }
        }

        CheckEveryMbuf();
        CheckEveryCluster();
        return new MbufAudit(_problems, _liveChains, _liveMbufs, _liveTags, _liveClusters);
    }

    private void NoteFree(ZoneId zone, Round round, string place)
    {
        uint item = round.Item;
        if (zone is not (ZoneId.Mbuf or ZoneId.Packet))
        {
            NoteFreeCluster(zone, item, place);
            return;
        }

        if (item == 0 || item >= _mbufPlaces.Length)
        {
            Report($"Mbuf {item}, which was never carved, is in {place}.");
            return;
        }

        PlaceMbuf(item, place);
        ref MbufHeader header = ref arena.Memory.Header(item);
        bool pair = zone == ZoneId.Packet;
        ZoneId expected = pair ? ZoneId.Cluster : ZoneId.Mbuf;
        if (header.Flags != (pair ? HeaderFlags.FreePair : HeaderFlags.Free) || header.Kind != expected || header.Next != 0
            || header.SegmentLength != 0 || header.ChainLength != 0 || header.PacketLength != 0 || header.Segments != 1 || header.Tail != item)
        {
            Report($"Mbuf {item} in {place} is not in its reset state (flags {header.Flags:x8}, kind {header.Kind}).");
        }
        else if (pair)
        {
            if (round.Generation != header.Generation)
            {
                Report($"Mbuf {item} in {place} would be handed out with generation {round.Generation}; its header has {header.Generation}.");
            }

            _freePairs[item] = true;
            NoteFreeCluster(ZoneId.Cluster, header.Storage, place);
        }
    }

    private void NoteFreeCluster(ZoneId kind, uint storage, string place)
    {
        bool[] free = _freeClusters[(int)kind];
        if (storage >= free.Length)
        {
            Report($"{kind} {storage}, which was never carved, is in {place}.");
        }
        else if (free[storage])
        {
            Report($"{kind} {storage} is free twice, the second time in {place}.");
        }
        else
        {
            free[storage] = true;
        }
    }

    private void WalkChain(uint headIndex)
    {
        if (ChainSanity.FindProblem(arena, headIndex) is { } problem)
        {
            Report(problem);
            return;
        }

        _liveChains++;
        for (uint index = headIndex; index != 0; index = arena.Memory.Header(index).Next)
        {
            PlaceMbuf(index, $"the chain of mbuf {headIndex}");
            _liveMbufs++;
            ref MbufHeader header = ref arena.Memory.Header(index);
            if (!header.IsInternal)
            {
                NoteReference(ref header, index);
            }
        }

        ref MbufHeader head = ref arena.Memory.Header(headIndex);
        if ((head.Flags & HeaderFlags.Cold) != 0)
        {
            WalkTags(arena.Memory.ColdOf(ref head).FirstTag, attached: true, $"the tags of mbuf {headIndex}");
        }
    }

    /// <summary>Places every tag of a list; <see cref="ChainSanity.FindProblem"/> has seen that the list of a packet ends.</summary>
    private void WalkTags(uint first, bool attached, string place)
    {
        for (uint index = first; index != 0; index = attached ? arena.Memory.Header(index).Next : 0)
        {
            PlaceMbuf(index, place);
            _liveTags++;
            ref MbufHeader header = ref arena.Memory.Header(index);
            if (!header.IsInternal)
            {
                NoteReference(ref header, index);
            }
        }
    }

    private void NoteReference(ref MbufHeader header, uint index)
    {
        int[] references = _references[(int)header.Kind];
        if (header.Storage >= references.Length)
        {
            Report($"Mbuf {index} refers to {header.Kind} {header.Storage}, which was never carved.");
            return;
        }

        references[header.Storage]++;
        bool shared = (header.Flags & HeaderFlags.Shared) != 0;
        if (!shared && references[header.Storage] > 1)
        {
            Report($"Mbuf {index} takes {header.Kind} {header.Storage} for its own, and another mbuf refers to it, too.");
        }
    }

    private void CheckEveryMbuf()
    {
        for (uint index = 1; index < _mbufPlaces.Length; index++)
        {
            if (_mbufPlaces[index] is null)
            {
                Report($"Mbuf {index} is nowhere: not free, and in no live chain (flags {arena.Memory.Header(index).Flags:x8}).");
            }

            ref MbufHeader header = ref arena.Memory.Header(index);
            if ((header.Flags & (HeaderFlags.Shared | HeaderFlags.Free)) == HeaderFlags.Shared
                && !header.IsInternal && !arena.Memory.IsCallerCounted(ref header) && (int)header.Kind < _references.Length && header.Storage < _references[(int)header.Kind].Length
                && arena.Memory.References(ref header) != _references[(int)header.Kind][header.Storage])
            {
                Report($"The count of {header.Kind} {header.Storage} is {arena.Memory.References(ref header)}; "
                    + $"{_references[(int)header.Kind][header.Storage]} mbufs refer to it.");
            }
        }
    }

    private void CheckEveryCluster()
    {
        for (int kind = 1; kind < _references.Length; kind++)
        {
            for (int storage = 0; storage < _references[kind].Length; storage++)
            {
                bool live = _references[kind][storage] > 0;
                _liveClusters[kind] += live ? 1 : 0;
                if (live == _freeClusters[kind][storage])
                {
                    Report($"{(ZoneId)kind} {storage} is {(live ? "free and referred to at the same time" : "nowhere: neither free nor referred to")}.");
                }
            }
        }
    }

    private void PlaceMbuf(uint index, string place)
    {
        if (_mbufPlaces[index] is { } other)
        {
            Report($"Mbuf {index} is in two places: {other} and {place}.");
        }

        _mbufPlaces[index] = place;
    }

    private void Report(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
    }
}
