using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>
/// A slot that is used again and again comes to rest from time to time, so that its generation does not come round while others lie idle.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class RestTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Mbufs = 16;

    protected override MbufArena Reserve() => NewArena(mbufs: Mbufs, clusters: Mbufs);

    /// <summary>Sets the generation of a free or live mbuf such that its next free brings it to where it rests.</summary>
    private static void Tire(MbufArena arena, uint index) => arena.Memory.Header(index).Generation = MbufHeader.FirstTired - arena.Memory.Step;

    [Test]
    public void A_tired_mbuf_is_taken_again_when_every_other_was([Values] Form form)
    {
        using MbufScope mbufs = Arena.Enter();
        uint tired = FreeTired(mbufs, form);
        var order = new List<uint>();
        var taken = new List<Mbuf>();
        while (taken.Count < Mbufs)
        {
            MbufChain next = form == Form.Plain ? mbufs.AllocateMbuf() : mbufs.AllocatePacket();
            Assert.That(next.IsNull, Is.False, "All of them are handed out.");
            order.Add(next.Index);
            taken.Add(next.Detach());
        }

        Assert.That(order, Is.Unique);
        Assert.That(order[^1], Is.EqualTo(tired));
        Arenas.FreeAll(mbufs, taken);
    }

    [Test]
    public void Mbufs_that_rest_are_taken_in_the_order_in_which_they_came()
    {
        using MbufScope mbufs = Arena.Enter();
        var rested = new List<uint>();
        List<Mbuf> others = Arenas.Take(mbufs, Mbufs - 4, static (in scope) => scope.AllocateMbuf());
        for (int i = 0; i < 4; i++)
        {
            rested.Add(FreeTired(mbufs, Form.Plain));
        }

        List<Mbuf> again = Arenas.Take(mbufs, 4, static (in scope) => scope.AllocateMbuf());
        Assert.That(again.Select(handle => handle.Slot - Arena.FirstSlot), Is.EqualTo(rested));
        Arenas.FreeAll(mbufs, again);
        Arenas.FreeAll(mbufs, others);
    }

    [Test]
    public void What_rests_is_free_to_statistics_audit_and_limits()
    {
        uint tired;
        using (MbufScope mbufs = Arena.Enter())
        {
            Arenas.FreeAll(mbufs, Arenas.TakeAll(mbufs, static (in scope) => scope.AllocateMbuf()));
            tired = FreeTired(mbufs, Form.Plain);
        }

        Assert.That(Arena.Zones[(int)ZoneId.Mbuf].RestingItems(), Kind.Checked ? Is.Empty : Does.Contain(tired), "Quarantine comes first.");
        Assert.That(Arena.LiveMbufs, Is.Zero);
        Arena.Audit().ThrowIfInconsistent();
        Arena.SetLimit(MbufZone.Mbufs, 1);
        Arena.Audit().ThrowIfInconsistent();
        Arena.SetLimit(MbufZone.Mbufs, Mbufs);
        using MbufScope again = Arena.Enter();
        List<Mbuf> all = Arenas.TakeAll(again, static (in scope) => scope.AllocateMbuf());
        Assert.That(all, Has.Count.EqualTo(Mbufs));
        Arenas.FreeAll(again, all);
    }

    [Test]
    public void What_was_taken_from_rest_counts_as_in_use([Values] Form form)
    {
        using MbufScope mbufs = Arena.Enter();
        FreeTired(mbufs, form);
        List<Mbuf> all = Arenas.TakeAll(
            mbufs, form == Form.Plain ? static (in scope) => scope.AllocateMbuf() : static (in scope) => scope.AllocatePacket());

        Assert.That(all, Has.Count.EqualTo(Mbufs));
        Assert.That(Arena.GetStatistics().Mbufs.HighWater, Is.EqualTo(Mbufs));
        Arenas.FreeAll(mbufs, all);
    }

    [Test]
    public void One_free_in_a_million_brings_rest()
    {
        double share = (uint.MaxValue - (double)MbufHeader.FirstTired + 1) / Math.Pow(2, 32);
        Assert.That(share, Is.EqualTo(Math.Pow(2, -20)));
        Assert.That(Arena.Memory.Step % 2, Is.EqualTo(1), "Odd: every generation is met before one comes again.");
    }

    [Test]
    public void The_changes_between_two_generations_are_counted_through_the_end_of_the_numbers([Values(0u, 1u, 77u, 0xFFFF_FFFFu)] uint changes)
        => Assert.That(ArenaTable.ChangesBetween(0x89AB_CDEF, 0x89AB_CDEF + (changes * ArenaTable.GenerationStep)), Is.EqualTo(changes));

    public enum Form
    {
        /// <summary>Plain mbufs.</summary>
        Plain,

        /// <summary>Pairs, freed one by one: into the hand.</summary>
        Pair,

        /// <summary>Pairs, freed with another before them, so that the hand is full.</summary>
        SecondPair,

        /// <summary>Pairs, freed in bulk.</summary>
        Bulk,

        /// <summary>A pair inside a chain.</summary>
        Linked,
    }

    private uint FreeTired(in MbufScope mbufs, Form form)
    {
        MbufChain chain = form == Form.Plain ? mbufs.AllocateMbuf() : mbufs.AllocatePacket();
        uint index = chain.Index;
        MbufChain first = form is Form.SecondPair or Form.Linked ? mbufs.AllocatePacket() : default;
        if (form == Form.Linked)
        {
            Assert.That(first.TryAppend([1]) && chain.TryAppend([2]));
            first.Append(chain);
            Tire(Arena, index);
            first.Free();
            return index;
        }

        _ = chain.Detach();
        Tire(Arena, index);
        first.Dispose();
        if (form == Form.Bulk)
        {
            mbufs.Free([new Mbuf(Arena.FirstSlot + index, Arena.Memory.Header(index).Generation)]);
        }
        else
        {
            MbufChain.Of(mbufs.Cache, index, Arena.Memory.Header(index).Generation).Free();
        }

        return index;
    }
}
