using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>What happens between the moment that room is taken and the moment that bytes are in it.</summary>
public sealed class ReceiveRoomTests : MbufFixture
{
    [Test]
    public void Room_stays_what_it_was_when_another_thread_frees_the_partner_of_a_shared_tail_meanwhile()
    {
        byte[] bytes = Pattern(100 + 2048 + 150);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = Build(mbufs, bytes[..100], Segment.Shared(100));
        ReceiveRoom room = ReceiveRoom.Take(chain, 2048 + 150);
        Assert.That(room.Pieces, Is.EqualTo(2));

        FreePartners(mbufs);
        int filled = 100;
        int pieces = 0;
        foreach (ReceiveRoom.Piece piece in room)
        {
            bytes.AsSpan(filled, piece.Length).CopyTo(chain.Cache.Hot.Memory.Bytes(piece.Offset, piece.Length));
            filled += piece.Length;
            pieces++;
        }

        room.Commit(filled - 100);
        Assert.That(pieces, Is.EqualTo(2));
        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 100, 2048, 150 }));
    }

    [Test]
    public void Room_is_not_taken_in_storage_whose_caller_may_count_at_any_time()
    {
        byte[] bytes = Pattern(10);
        using var memory = new Attachment(100);
        memory.Counter = 1;
        using MbufScope mbufs = Arena.Enter();
        using MbufChain chain = mbufs.AllocatePacketWithoutCluster();
        Assert.That(chain.DangerousTryAttachExternal(memory.Describe(MbufExternalType.CallerCounted), 0));
        ReceiveRoom room = ReceiveRoom.Take(chain, bytes.Length);

        foreach (ReceiveRoom.Piece piece in room)
        {
            bytes.CopyTo(chain.Cache.Hot.Memory.Bytes(piece.Offset, piece.Length));
        }

        room.Commit(bytes.Length);
        ChainAssert.Holds(chain, bytes);
        Assert.That(ChainAssert.Lengths(chain), Is.EqualTo(new[] { 0, 10 }));
    }
}
