using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>What must be true of a chain after every operation on it.</summary>
internal static class ChainAssert
{
    /// <summary>The chain is sane, and holds exactly these bytes, however it is asked.</summary>
    public static void Holds(MbufChain chain, ReadOnlySpan<byte> expected)
    {
        if (!chain.IsSane(out string? problem))
        {
            Assert.Fail(problem);
        }

        HoldsWhateverTheHeaderSays(chain, expected);
    }

    /// <summary>As <see cref="Holds"/>, for packets whose header says another length than the chain has.</summary>
    public static void HoldsWhateverTheHeaderSays(MbufChain chain, ReadOnlySpan<byte> expected)
    {
        if (chain.Length != expected.Length || chain.IsEmpty != (expected.Length == 0))
        {
            Assert.Fail($"The chain has {chain.Length} bytes and should have {expected.Length}.");
        }

        byte[] actual = Bytes(chain);
        int same = actual.AsSpan().CommonPrefixLength(expected);
        if (same != expected.Length)
        {
            Assert.Fail($"Byte {same} of {expected.Length} is {actual[same]:x2} and should be {expected[same]:x2} ({chain.ToString()}).");
        }

        int offset = 0;
        foreach (ReadOnlySpan<byte> segment in chain.Segments)
        {
            if (segment.IsEmpty || !segment.SequenceEqual(expected.Slice(offset, segment.Length)))
            {
                Assert.Fail($"The segment at {offset}, of {segment.Length} bytes, is empty or wrong.");
            }

            offset += segment.Length;
        }

        Assert.That(offset, Is.EqualTo(expected.Length), "The segments together are the chain.");
    }

    public static byte[] Bytes(MbufChain chain)
    {
        byte[] bytes = new byte[chain.Length];
        Assert.That(chain.TryCopyTo(0, bytes), "A chain can be copied out in its own length.");
        return bytes;
    }

    /// <summary>The lengths of all mbufs of a chain, empty ones included.</summary>
    public static int[] Lengths(MbufChain chain)
    {
        var lengths = new List<int>();
        for (uint index = chain.Index; index != 0; index = chain.Cache.Hot.Memory.Header(index).Next)
        {
            lengths.Add(chain.Cache.Hot.Memory.Header(index).SegmentLength);
        }

        Assert.That(chain.SegmentCount, Is.EqualTo(lengths.Count), "The chain knows how many mbufs it has.");
        return [.. lengths];
    }

    /// <summary>The kinds of storage of all mbufs of a chain.</summary>
    public static ZoneId[] Kinds(MbufChain chain)
    {
        var kinds = new List<ZoneId>();
        for (uint index = chain.Index; index != 0; index = chain.Cache.Hot.Memory.Header(index).Next)
        {
            kinds.Add(chain.Cache.Hot.Memory.Header(index).Kind);
        }

        return [.. kinds];
    }

    /// <summary>True if every mbuf of the chain can be written, those without data included.</summary>
    public static bool IsWritableThroughout(MbufChain chain)
    {
        bool writable = true;
        for (uint index = chain.Index; index != 0; index = chain.Cache.Hot.Memory.Header(index).Next)
        {
            writable &= chain.Cache.IsWritable(ref chain.Cache.Hot.Memory.Header(index));
        }

        return writable;
    }
}
