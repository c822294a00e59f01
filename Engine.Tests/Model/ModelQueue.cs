namespace Engine.Mbufs.Tests.Model;

/// <summary>A queue and the packets that must be in it, in order.</summary>
internal sealed class ModelQueue(MbufArena arena, int limit)
{
    public MbufQueue Queue { get; } = new(arena, limit);

    public List<ModelPacket> Packets { get; } = [];

    public bool IsFull => limit != 0 && Packets.Count >= limit;

    /// <summary>Packets that were refused.</summary>
    public long Drops { get; set; }

    public void Compare()
    {
        long length = 0;
        foreach (ModelPacket packet in Packets)
        {
            length += packet.Length;
        }

        Churn.Require(Queue.Count == Packets.Count && Queue.IsEmpty == (Packets.Count == 0) && Queue.Length == length, "The queue does not know what is in it.");
        Churn.Require(Queue.IsFull == IsFull && Queue.Limit == limit && Queue.Drops == Drops, "The queue does not know its limit, or what it dropped.");
    }
}
