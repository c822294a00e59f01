using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>The bytes of an arena's storage, whoever has it, as only a test looks at them.</summary>
internal static class Contents
{
    /// <summary>Nothing is left of what was ever in any packet: storage is zero, or poison from end to end.</summary>
    public static void AssertGone(MbufArena arena)
    {
        for (ZoneId kind = ZoneId.Mbuf; kind < ZoneId.External; kind++)
        {
            for (uint storage = 0; storage < arena.Zones[(int)kind].Carved; storage++)
            {
                AssertGone(arena, kind, kind == ZoneId.Mbuf ? storage + 1 : storage);
            }
        }
    }

    /// <summary>The same of one storage.</summary>
    public static void AssertGone(MbufArena arena, ZoneId kind, uint storage)
    {
        Span<byte> bytes = Of(arena, kind, storage);
        byte expected = arena.IsChecked && bytes[0] == Quarantine.Poison ? Quarantine.Poison : (byte)0;
        int left = bytes.IndexOfAnyExcept(expected);
        if (left >= 0)
        {
            Assert.Fail($"Byte {left} of {kind} {storage} is still 0x{bytes[left]:X2}, and not 0x{expected:X2}.");
        }
    }

    public static Span<byte> Of(MbufArena arena, ZoneId kind, uint storage)
    {
        StorageLayout layout = arena.Layout.Storages[(int)kind];
        return arena.Memory.Bytes(layout.StartOf(storage), layout.Capacity);
    }

    /// <summary>Every storage of the arena that a chain refers to, and the internal buffers of its mbufs.</summary>
    public static List<(ZoneId Kind, uint Storage)> StoragesOf(MbufChain chain)
    {
        var storages = new List<(ZoneId, uint)>();
        for (uint index = chain.Index; index != 0;)
        {
            ref MbufHeader header = ref chain.Cache.Hot.Memory.Header(index);
            storages.Add((ZoneId.Mbuf, index));
            if (header.Kind is not (ZoneId.Mbuf or ZoneId.External))
            {
                storages.Add((header.Kind, header.Storage));
            }

            index = header.Next;
        }

        return storages;
    }
}
