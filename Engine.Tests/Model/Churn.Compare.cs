namespace Engine.Mbufs.Tests.Model;

/// <content>Looking at packets: every one that a step touched, and at intervals all, with everything that they refer to.</content>
internal sealed partial class Churn
{
    /// <summary>Where a position is in the chain is counted each time: not for all mbufs of the longest chains.</summary>
    private const int FewMbufs = 20;

    private readonly int[][] _references;

    /// <summary>Compares a packet with its model and puts it away.</summary>
    private void Close(ModelPacket packet, MbufChain chain)
    {
        Compare(packet, chain);
        packet.Handle = chain.Detach();
        packet.IsOpen = false;
    }

    private void Compare(ModelPacket packet, MbufChain chain)
    {
        CompareSanity(packet, chain);
        CompareBytes(packet, chain);
        Require((chain.Flags & (ModelPacket.Settable | MbufFlags.PacketHeader)) == packet.Flags, "The flags are not the packet's.");
        CompareLabels(packet, chain);
        Require(chain.HasPacketHeader == packet.HasHeader, "The packet header is not the packet's.");
        var header = ModelHeader.Of(chain);
        if (header != packet.Header)
        {
            Differ($"The header is {header} and should be {packet.Header}.");
        }

        CompareTags(packet, chain);
        CompareWatched(packet, chain);
        packet.Segments = chain.SegmentCount;
        packet.Index = chain.Index;
        RequireStorages(packet);
    }

    private static void CompareSanity(ModelPacket packet, MbufChain chain)
    {
        bool isLie = packet.HasHeader && packet.PacketLength != packet.Length && packet.Length != 0;
        bool isSane = chain.IsSane(out string? problem);
        if (isSane == isLie || (isLie && ChainSanity.FindProblem(chain.Cache.Arena, chain.Index) is not null))
        {
            Differ(problem ?? $"The packet length {packet.PacketLength} of {packet.Length} bytes is taken for sane.");
        }
    }

    private static void CompareBytes(ModelPacket packet, MbufChain chain)
    {
        ReadOnlySpan<byte> expected = packet.Bytes.Span;
        if (chain.Length != expected.Length || chain.IsEmpty != expected.IsEmpty)
        {
            Differ($"The chain has {chain.Length} bytes and should have {expected.Length}.");
        }

        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            if (!expected.StartsWith(segment))
            {
                int same = expected.CommonPrefixLength(segment);
                Differ($"Byte {packet.Length - expected.Length + same} of {packet.Length} is wrong ({chain.ToString()}).");
            }

            expected = expected[segment.Length..];
        }

        Require(expected.IsEmpty, "The segments together are the chain.");
    }

    private static void CompareTags(ModelPacket packet, MbufChain chain)
    {
        int number = 0;
        foreach (MbufTag tag in chain.Tags)
        {
            Require(number < packet.Tags.Count && packet.Tags[number].Is(tag) && tag.IsAttached, "The tags are not the packet's.");
            number++;
        }

        Require(number == packet.Tags.Count, "Tags of the packet are gone.");
    }

    /// <summary>Every packet, storage, queue and tag, and the number of mbufs that they are together.</summary>
    private void CompareAll(in MbufScope mbufs)
    {
        CountReferences();
        foreach (ModelPacket packet in _packets)
        {
            MbufChain chain = mbufs.Open(packet.Handle);
            ComparePositions(chain);
            Close(packet, chain);
        }

        foreach (ModelQueue queue in _queues)
        {
            queue.Compare();
        }

        for (int i = 0; i < _tags.Count; i++)
        {
            MbufTag tag = mbufs.OpenTag(_tags[i].Handle);
            Require(_tags[i].Model.Is(tag) && !tag.IsAttached, "A tag on no packet changed.");
            _tags[i] = _tags[i] with { Handle = tag.Detach() };
        }

        EndStorages();
        Require(CountMbufs() == _arena.LiveMbufs, "The number of live mbufs is that of all packets and tags.");
    }

    /// <summary>Counts, mbuf by mbuf, who refers to what.</summary>
    private void CountReferences()
    {
        foreach (int[] references in _references)
        {
            references.AsSpan().Clear();
        }

        foreach (ModelStorage storage in _storages.Values)
        {
            storage.References = 0;
        }

        foreach (ModelPacket packet in _packets)
        {
            CountReferences(packet);
        }

        foreach (ModelQueue queue in _queues)
        {
            queue.Packets.ForEach(CountReferences);
        }
    }

    private void CountReferences(ModelPacket packet)
    {
        for (uint index = packet.Index; index != 0; index = _arena.Memory.Header(index).Next)
        {
            ref MbufHeader header = ref _arena.Memory.Header(index);
            _references[(int)header.Kind][header.Storage]++;
            if (header.Kind == ZoneId.External)
            {
                StorageOf(ref header).References++;
            }
        }
    }

    /// <summary>What each mbuf says of its storage, by what was counted.</summary>
    private void ComparePositions(MbufChain chain)
    {
        int start = 0;
        int number = 0;
        MbufPosition position = chain.Start;
        for (uint index = chain.Index; index != 0; index = _arena.Memory.Header(index).Next)
        {
            ref MbufHeader header = ref _arena.Memory.Header(index);
            int references = ReferencesTo(ref header);
            bool isReadOnly = (position.Flags & MbufFlags.ReadOnly) != 0;
            Require(position.ReferenceCount == references, "An mbuf does not know how many refer to its storage.");
            Require(position.IsWritable == (references == 1 && !isReadOnly), "An mbuf is writable and should not be, or the other way round.");
            Require(position.IsWritable || (position.Headroom == 0 && position.Tailroom == 0), "There is room that cannot be written.");
            Require(isReadOnly || header.Kind != ZoneId.External || !StorageOf(ref header).IsReadOnly, "A read-only mark was lost.");
            Require(number > FewMbufs || position.Offset == start, "A position is not where it should be.");
            start += position.Segment.Length;
            number++;
            Require(position.TryGetNext(out position) == (header.Next != 0), "The positions end where the chain does.");
        }

        Require(number == chain.SegmentCount && start == chain.Length, "The positions together are the chain.");
    }

    /// <summary>How many mbufs refer to the storage of one.</summary>
    private int ReferencesTo(ref MbufHeader header)
    {
        int references = _references[(int)header.Kind][header.Storage];
        return header.Kind == ZoneId.External && StorageOf(ref header) is { IsCallerCounted: true } storage
            ? references + storage.Holds
            : references;
    }
}
