using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>A queue is linked through its packets: once it exists, it needs no memory.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class QueueAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private const int Limit = 20;

    [Test]
    [Measures(typeof(MbufQueue), nameof(MbufQueue.TryEnqueue), nameof(MbufQueue.TryDequeue), nameof(MbufQueue.Drain),
        nameof(MbufQueue.Limit), nameof(MbufQueue.Count), nameof(MbufQueue.IsFull), nameof(MbufQueue.Length),
        nameof(MbufQueue.Drops), nameof(MbufQueue.IsEmpty), nameof(MbufQueue.EnqueueFirst), nameof(MbufQueue.Append),
        nameof(MbufQueue.TryPeekFirst), nameof(MbufQueue.TryPeekLast))]
    public void A_queue_that_is_filled_overfilled_and_drained_allocates_nothing()
    {
        var queue = new MbufQueue(Arena, Limit);
        var other = new MbufQueue(Arena);
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            long drops = queue.Drops;
            for (int number = 0; number < Limit + 1; number++)
            {
                using MbufChain packet = mbufs.AllocatePacket();
                Must.Hold(queue.TryEnqueue(packet) == (number < queue.Limit));
            }

            Must.Hold(queue.IsFull && queue.Count == Limit && queue.Length == 0 && queue.Drops == drops + 1);
            Must.Hold(queue.TryPeekFirst(mbufs, out MbufPosition place) && queue.TryPeekLast(mbufs, out place) && place.IsEnd);
            Must.Hold(queue.TryDequeue(mbufs, out MbufChain first));
            queue.EnqueueFirst(first);
            other.EnqueueFirst(mbufs.AllocatePacketWithoutCluster());
            queue.Append(mbufs, other);
            Must.Hold(other.IsEmpty && !queue.IsEmpty && queue.Drain(mbufs) == Limit + 1);
            Must.Hold(!queue.TryDequeue(mbufs, out MbufChain none) && none.IsNull);
        });
    }
}
