using System.Buffers;

namespace Engine.Mbufs.Tests.Fuzzing;

/// <content>What is done with a packet.</content>
internal sealed partial class FuzzActor
{
    private static readonly (string Name, Verb Verb)[] s_verbs =
    [
        ("TryAppend", static (a, in _, c) => c.TryAppend(new byte[a.Random.Next(3_000)])),
        ("TryAppend", static (a, in _, c) => a.FillIf(c.TryAppend(a.Length(), out Span<byte> room), room)),
        ("TryPrepend", static (a, in _, c) => a.FillIf(c.TryPrepend(a.Random.Next(400), out Span<byte> room), room)),
        ("TrimStart", static (a, in _, c) => c.TrimStart(a.Length())),
        ("TrimEnd", static (a, in _, c) => c.TrimEnd(a.Length())),
        ("TryVisit", static (a, in s, c) => a.Apply(s, c)),
        ("TryTransform", static (a, in s, c) => a.ApplyInPlace(s, c)),
        ("TryCollapse", static (a, in _, c) => c.TryCollapse(a.Random.Next(1, 5))),
        ("TryDefragment", static (_, in _, c) => c.TryDefragment()),
        ("TrySplitSegments", static (a, in _, c) => c.TrySplitSegments(a.Random.Next(64, 2_048))),
        ("Append", static (a, in s, c) => a.Join(s, c, concatenates: false)),
        ("AppendKeepingPacketLength", static (a, in s, c) => a.Join(s, c, concatenates: true)),
        ("TryCopyTo", static (a, in _, c) => c.TryCopyTo(a.Random.Next(1_000), new byte[a.Random.Next(1_000)])),
        ("TryCopyFrom", static (a, in _, c) => c.TryCopyFrom(a.Random.Next(4_000), new byte[a.Random.Next(2_000)])),
        ("CopyTo a writer", static (_, in _, c) => c.CopyTo(new ArrayBufferWriter<byte>())),
        ("TryCopyUp", static (a, in _, c) => TouchIf(c.TryCopyUp(a.Random.Next(300), a.Random.Next(64), out ReadOnlySpan<byte> view), view)),
        ("TryPullUp", static (a, in _, c) => TouchIf(c.TryPullUp(a.Length(), out ReadOnlySpan<byte> view), view)),
        ("TryPullDown", static (a, in _, c) => TouchIf(c.TryPullDown(a.Length(), a.Random.Next(300), out ReadOnlySpan<byte> view), view)),
        ("Duplicate", static (a, in _, c) => a.Keep(c.Duplicate())),
        ("Share", static (a, in _, c) => a.Keep(c.Share())),
        ("ShareBehindHead", static (a, in _, c) => a.Keep(c.ShareBehindHead(a.Random.Next(300)))),
        ("TryShare", static (a, in _, c) => a.KeepIf(c.TryShare(a.Length(), a.Length(), out MbufChain copy), copy)),
        ("TrySplit", static (a, in _, c) => a.KeepIf(c.TrySplit(a.Length(), out MbufChain rest), rest)),
        ("TryTakeFront", static (a, in _, c) => a.KeepIf(c.TryTakeFront(a.Length(), out MbufChain front), front)),
        ("TryGetRoom", static (a, in _, c) => a.GetRoom(c)),
        ("TryReserveRoom", static (a, in s, c) => a.ReserveRoom(s, c)),
        ("FreeFirstSegment", static (a, in _, c) => a.FreeFirstSegment(c)),
        ("TryUnshare", static (_, in _, c) => c.TryUnshare()),
        ("TryMakeWritable", static (a, in _, c) => c.TryMakeWritable(a.Length(), a.Random.Next(2_000))),
        ("TryAddRoom", static (a, in _, c) => c.TryAddRoom(a.Length())),
        ("TryAttachCluster", static (a, in _, c) => c.TryAttachCluster(a.ClusterSize())),
        ("TryAttachExternal", static (a, in _, c) => a.Attach(c)),
        ("AlignToEnd", static (a, in _, c) => c.AlignToEnd(a.Random.Next(200))),
        ("TryGetWritable", static (a, in _, c) => a.FillIf(c.TryGetWritable(out Span<byte> span), span)),
        ("FirstSpan", static (_, in _, c) => Touch(c.FirstSpan)),
        ("FirstAs", static (_, in _, c) => _ = c.FirstAs<ulong>() + c.WritableFirstAs<ulong>()),
        ("Segments", static (a, in s, c) => a.Walk(s, c)),
        ("IndexOf", static (a, in _, c) => c.IndexOf((byte)a.Random.Next(256), a.Random.Next(100))),
        ("IndexOf of bytes", static (a, in _, c) => c.IndexOf(new byte[a.Random.Next(1, 9)], a.Random.Next(100))),
        ("StartsWith", static (a, in _, c) => c.StartsWith(new byte[a.Random.Next(9)])),
        ("SequenceEqual", static (_, in _, c) => c.SequenceEqual(c)),
        ("Demote", static (_, in _, c) => c.Demote()),
        ("RemovePacketHeader", static (_, in _, c) => c.RemovePacketHeader()),
        ("MovePacketHeaderFrom", static (a, in s, c) => a.WithOther(s, c, static (c, other) => c.MovePacketHeaderFrom(other))),
        ("TryCopyPacketHeaderFrom", static (a, in s, c) => a.WithOther(s, c, static (c, other) => c.TryCopyPacketHeaderFrom(other))),
        ("TryCopyTagsFrom", static (a, in s, c) => a.WithOther(s, c, static (c, other) => c.TryCopyTagsFrom(other))),
        ("FixPacketLength", static (_, in _, c) => c.FixPacketLength()),
        ("VlanTag", static (a, in _, c) => c.VlanTag = (ushort)a.Random.Next(4_096)),
        ("Flags", static (_, in _, c) => c.Flags |= MbufFlags.EndOfRecord | MbufFlags.Broadcast),
        ("TryGetPosition", static (a, in s, c) => a.Position(s, c)),
        ("GetReader", static (a, in s, c) => a.Read(s, c)),
        ("GetWriter", static (a, in s, c) => a.Write(s, c)),
        ("PrependTag", static (a, in s, c) => a.PrependTag(s, c)),
        ("Tags", static (a, in s, c) => a.WalkTags(s, c)),
        ("DeleteTags", static (_, in _, c) => c.DeleteTags()),
        ("DeleteNonPersistentTags", static (_, in _, c) => c.DeleteNonPersistentTags()),
        ("TryEnqueue", static (a, in _, c) => a._queue.TryEnqueue(c)),
        ("EnqueueFirst", static (a, in _, c) => a._otherQueue.EnqueueFirst(c)),
        ("TryEnqueue in another arena", static (a, in _, c) => a._world.ForeignQueue.TryEnqueue(c)),
        ("Dump", static (_, in _, c) => c.Length.CompareTo(c.Dump().Length)),
        ("Free twice", static (_, in _, c) => FreeTwice(c)),
        ("Detach twice", static (a, in _, c) => a.DetachTwice(c)),
    ];

    private delegate void Verb(FuzzActor actor, in MbufScope mbufs, MbufChain packet);

    private delegate void PairVerb(MbufChain packet, MbufChain other);

    private void KeepIf(bool done, MbufChain chain)
    {
        if (done)
        {
            Keep(chain);
        }
    }

    private void FillIf(bool done, scoped Span<byte> bytes)
    {
        if (done)
        {
            Fill(bytes);
        }
    }

    private static void TouchIf(bool done, scoped ReadOnlySpan<byte> bytes)
    {
        if (done)
        {
            Touch(bytes);
        }
    }

    private void GetRoom(MbufChain packet)
    {
        bool done = packet.TryGetRoom(Random.Next(3_000), out Span<byte> room);
        FillIf(done, room);
        packet.Commit(done ? Random.Next(room.Length + 1) : 0);
    }

    private void ReserveRoom(in MbufScope mbufs, MbufChain packet)
    {
        if (!packet.TryReserveRoom(Random.Next(1, 20_000), ClusterSize(), out MbufRoom room))
        {
            return;
        }

        foreach (Span<byte> piece in room)
        {
            FillIf(done: true, piece);
        }

        switch (Random.Next(4))
        {
            case 0:
                room.Dispose();
                break;
            case 1:
                MbufRoom again = mbufs.OpenRoom(room.Detach());
                again.Commit(Random.Next(again.Length + 1));
                Keep(again.Chain);
                break;
            default:
                room.Commit(Random.Next(room.Length + 1));
                break;
        }
    }

    private void Apply(in MbufScope mbufs, MbufChain packet)
    {
        var visitor = new FuzzVisitor(this, mbufs, packet);
        packet.TryVisit(Random.Next(packet.Length + 2), Random.Next(packet.Length + 2), ref visitor, out _);
    }

    private void ApplyInPlace(in MbufScope mbufs, MbufChain packet)
    {
        var visitor = new FuzzVisitor(this, mbufs, packet);
        packet.TryTransform(Random.Next(packet.Length + 2), Random.Next(packet.Length + 2), ref visitor, out _);
    }

    private void Join(in MbufScope mbufs, MbufChain packet, bool concatenates)
    {
        MbufChain other = Random.Next(8) == 0 ? packet : Allocate(mbufs);
        if (other.IsNull)
        {
            _ = packet.Length;
            return;
        }

        try
        {
            if (concatenates)
            {
                packet.AppendKeepingPacketLength(other);
            }
            else
            {
                packet.Append(other);
            }
        }
        finally
        {
            if (Random.Next(8) != 0 || other.IsOwned)
            {
                other.Dispose();
            }
        }
    }

    private void WithOther(in MbufScope mbufs, MbufChain packet, PairVerb verb)
    {
        _ = packet.Length;
        using MbufChain other = Random.Next(2) == 0 ? mbufs.AllocatePacketWithoutCluster() : Allocate(mbufs);
        if (!other.IsNull)
        {
            verb(packet, other);
        }
    }

    private void FreeFirstSegment(MbufChain packet)
    {
        MbufChain rest = default;
        try
        {
            packet.FreeFirstSegment(out rest);
        }
        finally
        {
            Keep(rest); // There, too, when a free routine throws.
        }
    }

    private void Attach(MbufChain packet)
    {
        switch (Random.Next(3))
        {
            case 0:
                packet.TryAttachExternal(new byte[Random.Next(1, 3_000)]);
                break;
            case 1:
                packet.TryAttachExternal(new byte[3_000].AsMemory(Random.Next(1_000)), Random.Next(1_000));
                break;
            default:
                if (packet.TryAttachExternal(new FuzzMemory(_world, 500), Random.Next(501)))
                {
                    _world.CountAttached();
                }

                break;
        }
    }

    /// <summary>Reads segment by segment, and meanwhile works in the scope, or on the chain itself.</summary>
    private void Walk(in MbufScope mbufs, MbufChain packet)
    {
        foreach (ReadOnlySpan<byte> segment in packet.Segments)
        {
            Touch(segment);
            InsideOf(mbufs, packet);
        }
    }

    private void Position(in MbufScope mbufs, MbufChain packet)
    {
        if (packet.TryGetPosition(Random.Next(packet.Length + 1), out MbufPosition position))
        {
            InsideOf(mbufs, packet);
            Touch(position.Span);
            FillIf(position.TryGetWritable(out Span<byte> span), span);
            position.TryGetNext(out _);
        }
    }

    private void Read(in MbufScope mbufs, MbufChain packet)
    {
        MbufReader reader = packet.GetReader();
        Span<byte> bytes = new byte[Random.Next(200)];
        while (reader.TryRead(bytes) && bytes.Length > 0)
        {
            InsideOf(mbufs, packet);
            reader.TryReadUInt32BigEndian(out _);
        }

        reader.TrySeek(Length());
    }

    private void Write(in MbufScope mbufs, MbufChain packet)
    {
        MbufWriter writer = packet.GetWriter();
        writer.TryAdvance(Random.Next(packet.Length + 1));
        for (int count = Random.Next(6); count > 0; count--)
        {
            writer.TryWrite(new byte[Random.Next(600)]);
            InsideOf(mbufs, packet);
            writer.TryWriteUInt32BigEndian(1);
        }
    }

    private void PrependTag(in MbufScope mbufs, MbufChain packet)
    {
        _ = packet.Length;
        using MbufTag tag = mbufs.AllocateTag((ushort)(Random.Next(3) | (Random.Next(2) * MbufTag.Persistent)), Random.Next(300));
        if (!tag.IsNull)
        {
            Fill(tag.Data);
            packet.PrependTag(tag);
        }
    }

    /// <summary>Looks at the tags, and meanwhile takes some of them off.</summary>
    private void WalkTags(in MbufScope mbufs, MbufChain packet)
    {
        foreach (MbufTag tag in packet.Tags)
        {
            Touch(tag.Data);
            InsideOf(mbufs, packet);
            switch (Random.Next(6))
            {
                case 0:
                    packet.DeleteTag(tag);
                    break;
                case 1:
                    packet.UnlinkTag(tag);
                    tag.Free();
                    break;
                case 2:
                    packet.DeleteTagsFrom(tag);
                    break;
            }
        }

        packet.TryFindTag(1, out _);
    }

    private static void FreeTwice(MbufChain packet)
    {
        packet.Free();
        packet.Free();
    }

    private void DetachTwice(MbufChain packet)
    {
        _world.Add(packet.Detach());
        packet.Detach();
    }
}
