using System.Runtime.CompilerServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Mbufs;

public sealed class MbufHandleTests
{
    private static readonly uint s_slot = (3u << Mbuf.IndexBits) | 1234;

    [Test]
    public void A_handle_is_8_bytes()
    {
        Assert.That(Unsafe.SizeOf<Mbuf>(), Is.EqualTo(8));
    }

    [Test]
    public void The_default_handle_is_null()
    {
        Mbuf handle = default;

        Assert.That(handle.IsNull);
        Assert.That(handle, Is.EqualTo(new Mbuf(0, 0)));
        Assert.That(new Mbuf(s_slot, 0).IsNull, Is.False, "A generation may be 0.");
    }

    [Test]
    public void Handles_are_equal_if_slot_and_generation_are()
    {
        var handle = new Mbuf(s_slot, 17);
        var same = new Mbuf(s_slot, 17);

        Assert.That(handle == same && handle.Equals(same) && handle.Equals((object)same));
        Assert.That(handle != same, Is.False);
        Assert.That(handle.GetHashCode(), Is.EqualTo(same.GetHashCode()));
        foreach (Mbuf other in new[] { new Mbuf(s_slot, 18), new Mbuf(s_slot + 1, 17), new Mbuf(s_slot + (1u << Mbuf.IndexBits), 17), default })
        {
            Assert.That(handle == other || handle.Equals(other) || handle.Equals((object)other), Is.False);
            Assert.That(handle != other);
        }

        Assert.That(handle.Equals(null), Is.False);
        Assert.That(handle.Equals("mbuf"), Is.False);
    }

    [Test]
    public void Handles_serve_as_keys()
    {
        var set = new HashSet<Mbuf>();
        for (uint i = 1; i <= 1000; i++)
        {
            Assert.That(set.Add(new Mbuf(i, 5)) && set.Add(new Mbuf(i, 6)));
        }

        Assert.That(set, Has.Count.EqualTo(2000));
        Assert.That(set.Contains(new Mbuf(1000, 6)));
        Assert.That(set.Contains(new Mbuf(1000, 7)), Is.False);
    }

    [Test]
    public void A_handle_says_arena_index_and_generation()
    {
        Assert.That(new Mbuf(s_slot, 17).ToString(), Is.EqualTo("mbuf 3:1234 (generation 17)"));
        Assert.That(new Mbuf((255u << Mbuf.IndexBits) | 0x00FF_FFFE, uint.MaxValue).ToString(), Is.EqualTo("mbuf 255:16777214 (generation 4294967295)"));
        Assert.That(default(Mbuf).ToString(), Is.EqualTo("mbuf null"));
    }
}
