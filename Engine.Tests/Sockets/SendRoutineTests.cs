using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>What was sent is gone, whatever the free routines of its storage throw: the sender learns of both.</summary>
[TestFixtureSource(typeof(SocketSetup), nameof(SocketSetup.All))]
public sealed class SendRoutineTests(SocketForm form, Transport transport, ArenaKind kind) : SocketFixture(form, transport, kind)
{
    [Test]
    public void A_routine_that_throws_comes_with_the_result()
    {
        byte[] bytes = Pattern(300);
        using var attachment = new Attachment(100, throws: true);
        bytes.AsSpan(0, 100).CopyTo(attachment.Bytes);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = attachment.Attach(mbufs);
        chain.Append(Build(mbufs, bytes[100..], Segment.Cluster(200)));

        MbufRoutineException thrown = Expect.Throws<MbufRoutineException>(chain, chain => Send(chain));

        Moved(thrown.Result, 300, 300);
        Assert.That((thrown.InnerException?.GetType(), attachment.Calls), Is.EqualTo((typeof(InvalidOperationException), 1)));
        ChainAssert.Holds(chain, Nothing);
        Assert.That(Pair.ReadAtFar(300), Is.EqualTo(bytes));
        Assert.That(chain.TryAppend(bytes));
        Moved(Send(chain), 300, 300);
    }

    [Test]
    public void All_routines_are_called_and_the_first_is_heard()
    {
        using var one = new Attachment(10, throws: true);
        using var two = new Attachment(10) { OnRelease = static () => throw new TimeZoneNotFoundException() };
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = one.Attach(mbufs);
        chain.Append(two.Attach(mbufs));
        chain.Append(Packet(mbufs, [1]));

        MbufRoutineException thrown = Expect.Throws<MbufRoutineException>(chain, chain => Send(chain));

        Moved(thrown.Result, 21, 21);
        Assert.That((one.Calls, two.Calls), Is.EqualTo((1, 1)));
        Assert.That(thrown.InnerException, Is.TypeOf<InvalidOperationException>().Or.TypeOf<TimeZoneNotFoundException>());
        Assert.That(thrown.Message, Does.Contain("21 bytes").And.Contain(thrown.InnerException!.GetType().Name));
    }

    [Test]
    public void One_that_comes_of_a_part_tells_of_the_part()
    {
        const int Total = 600_000;
        MbufArena arena = NewArena(mbufs: 600, clusters: 400);
        SocketPair pair = NewPair(buffer: 8192);
        using var attachment = new Attachment(100, throws: true);
        byte[] bytes = Pattern(Total);
        bytes.AsSpan(0, 100).CopyTo(attachment.Bytes);
        using MbufScope mbufs = arena.Enter();
        using MbufChain chain = attachment.Attach(mbufs);
        MbufChain rest = mbufs.AllocatePacket();
        Assert.That(rest.TryAppend(bytes.AsSpan(100)));
        chain.Append(rest);

        MbufSocketResult result = Expect.Throws<MbufRoutineException>(chain, chain => Form.Send(pair.Near, chain)).Result;

        Moved(result, result.Bytes, Total);
        Assert.That(result.Bytes, Is.InRange(101, Total - 1));
        ChainAssert.Holds(chain, bytes.AsSpan(result.Bytes));
        Assert.That(pair.ReadAtFar(result.Bytes), Is.EqualTo(bytes[..result.Bytes]));
    }
}
