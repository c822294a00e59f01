namespace Engine.Mbufs.Tests.Model;

/// <content>Storage outside of the arena.</content>
internal sealed partial class Churn
{
    private readonly Dictionary<nint, ModelStorage> _storages = [];
    private readonly List<ModelStorage> _ended = [];

    /// <summary>A fresh packet over attached memory, of whatever kind.</summary>
    private Outcome AttachExternal(in MbufScope mbufs)
    {
        if (IsFull)
        {
            return Outcome.Idle;
        }

        bool hasHeader = OneIn(2);
        CountFailures();
        MbufChain chain = hasHeader ? mbufs.AllocatePacketWithoutCluster() : mbufs.AllocateMbuf();
        if (chain.IsNull)
        {
            return NoMbuf();
        }

        ModelPacket packet = NewPacket(hasHeader);
        ModelStorage storage = NewStorage();
        int length = storage.IsReadOnly ? storage.Bytes.Length : Noted(_random.Next(storage.Bytes.Length + 1));
        _before.Take(chain);
        if (!storage.TryAttachTo(chain, length))
        {
            storage.Dispose();
            _packets.Add(packet);
            return Exhausted(packet, chain);
        }

        _storages.Add(storage.Address, storage);
        packet.Append(storage.Bytes[..length]);
        Add(packet, chain);
        return Outcome.Done;
    }

    private ModelStorage NewStorage()
    {
        ReadOnlySpan<byte> content = RandomBytes(1 + Math.Min(RandomLength(), 6_000));
        return Noted(_random.Next(7)) switch
        {
            0 => ModelStorage.CallerCounted(content, isReadOnly: false),
            1 => ModelStorage.CallerCounted(content, isReadOnly: true),
            2 => ModelStorage.Managed(content, isReadOnly: false, isOwned: false),
            3 => ModelStorage.Managed(content, isReadOnly: true, isOwned: false),
            4 => ModelStorage.Managed(content, isReadOnly: false, isOwned: true),
            5 => ModelStorage.Native(content, isReadOnly: true, onRelease: null),
            _ => ModelStorage.Native(content, isReadOnly: false, onRelease: OneIn(4) ? UseEngine : null),
        };
    }

    /// <summary>What a routine may do: an operation in a scope of its own.</summary>
    private void UseEngine()
    {
        if (_arena.IsDisposed)
        {
            return; // After a difference: what is live is given back with the arena.
        }

        using MbufScope mbufs = _arena.Enter();
        using MbufChain chain = mbufs.AllocatePacket();
    }

    /// <summary>The caller counts a reference of its own: nobody may write from now on.</summary>
    private Outcome HoldExternal(in MbufScope mbufs)
    {
        if (PickStorage() is not { IsCallerCounted: true, Holds: < 3 } storage)
        {
            return Outcome.Idle;
        }

        // Between the last packet's end and the look that notices it the counter is over.
        if (storage.Releases > 0 || storage.EndedByCaller)
        {
            return Outcome.Idle;
        }

        storage.Hold();
        return Outcome.Done;
    }

    private Outcome DropExternal(in MbufScope mbufs)
    {
        if (PickStorage() is not { Holds: > 0 } storage)
        {
            return Outcome.Idle;
        }

        storage.DropHold();
        return Outcome.Done;
    }

    /// <summary>What the engine says of a packet's first storage.</summary>
    private Outcome DescribeExternal(in MbufScope mbufs)
    {
        if (Pick() is not { } packet)
        {
            return Outcome.Idle;
        }

        MbufChain chain = Begin(mbufs, packet);
        ref MbufHeader head = ref _arena.Memory.Header(chain.Index);
        bool isExternal = chain.DangerousTryGetExternal(out MbufExternalStorage storage);
        Require(isExternal == (!head.IsInternal), "External storage is taken for internal, or the other way round.");
        Require(isExternal == ((chain.Flags & MbufFlags.External) != 0), "The flag says something else.");
        Require(chain.ReferenceCount >= 1, "A packet refers to its storage.");
        if (storage.Type > MbufExternalType.Jumbo16Cluster)
        {
            ModelStorage attached = _storages[AddressOf(storage)];
            Require(storage.Size == attached.Bytes.Length, "The storage has another size.");
            Require((storage.Type == MbufExternalType.CallerCounted) == attached.IsCallerCounted, "The storage is counted by somebody else.");
        }

        return Done(packet, chain);
    }

    private static unsafe nint AddressOf(in MbufExternalStorage storage) => (nint)storage.Address;

    private ModelStorage? PickStorage()
    {
        int number = _storages.Count == 0 ? 0 : _random.Next(_storages.Count);
        foreach (ModelStorage storage in _storages.Values)
        {
            if (number-- == 0)
            {
                return storage;
            }
        }

        return null;
    }

    private ModelStorage StorageOf(ref MbufHeader header)
    {
        nint address = AddressOf(_arena.Memory.RecordOf(header.Storage).Storage);
        Require(_storages.TryGetValue(address, out ModelStorage? storage), "A packet refers to storage that was given back.");
        return storage!;
    }

    /// <summary>No mbuf of a packet refers to storage that was given back.</summary>
    private void RequireStorages(ModelPacket packet)
    {
        for (uint index = _storages.Count == 0 ? 0 : packet.Index; index != 0; index = _arena.Memory.Header(index).Next)
        {
            ref MbufHeader header = ref _arena.Memory.Header(index);
            Require(header.Kind != ZoneId.External || StorageOf(ref header).Releases == 0, "A packet refers to storage that was given back.");
        }
    }

    /// <summary>Looks at all storages, when the references to them have been counted, and forgets those that are over.</summary>
    private void EndStorages()
    {
        foreach (ModelStorage storage in _storages.Values)
        {
            if (storage.HasEnded())
            {
                _ended.Add(storage);
            }
        }

        foreach (ModelStorage storage in _ended)
        {
            _storages.Remove(storage.Address);
            storage.Dispose();
        }

        _ended.Clear();
    }

    private void DropHolds()
    {
        foreach (ModelStorage storage in _storages.Values)
        {
            while (storage.Holds > 0)
            {
                storage.DropHold();
            }
        }
    }
}
