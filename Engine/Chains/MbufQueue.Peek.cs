namespace Engine.Mbufs;

/// <content>Looking at packets that stay in the queue.</content>
public sealed partial class MbufQueue
{
    /// <summary>mbufq_first: the start of the packet at the head, which stays in the queue.</summary>
    /// <param name="mbufs">A scope of the queue's arena.</param>
    /// <param name="position">The packet's first byte; null if the queue is empty. Stale once the packet is dequeued or freed,
    /// and once another is put behind the last one, whose link it is then; it stays right when <see cref="Append"/> puts all packets behind
    /// those of another queue.</param>
    /// <returns>False if the queue is empty.</returns>
    /// <exception cref="MbufForeignException">The scope belongs to another arena.</exception>
    /// <exception cref="ObjectDisposedException">The scope is closed.</exception>
    /// <remarks>O(1).</remarks>
    public bool TryPeekFirst(in MbufScope mbufs, out MbufPosition position) => TryPeek(OpenCache(mbufs), _first, out position);

    /// <summary>mbufq_last: the start of the packet at the tail, which stays in the queue.</summary>
    /// <inheritdoc cref="TryPeekFirst"/>
    public bool TryPeekLast(in MbufScope mbufs, out MbufPosition position) => TryPeek(OpenCache(mbufs), _last, out position);

    /// <summary>
    /// A position in a packet that the queue holds the claim on: it shares that claim, which goes with the packet to a queue that
    /// this one is appended to, and ends when the packet is dequeued or freed.
    /// </summary>
    private static bool TryPeek(MbufCache cache, uint index, out MbufPosition position)
    {
        if (index == 0)
        {
            position = MbufPosition.Null;
            return false;
        }

        MbufChain packet = cache.ChainAt(index, cache.Hot.Memory.Header(index).Generation);
        position = new MbufPosition(packet, index, offset: 0);
        return true;
    }
}
