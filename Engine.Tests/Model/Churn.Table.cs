namespace Engine.Mbufs.Tests.Model;

/// <content>The operations, how often each is chosen, and why it may refuse.</content>
internal sealed partial class Churn
{
    private Operation[] Table() =>
    [
        new(Allocate, 3, Refusals.Memory),
        new(AllocateWithCluster, 5, Refusals.Memory),
        new(AllocateContiguous, 2, Refusals.Memory),
        new(AllocateRoom, 3, Refusals.Memory),
        new(AllocateMany, 1, Refusals.Memory),
        new(AllocateFrom, 2, Refusals.Memory),
        new(AllocateFromSequence, 2, Refusals.Memory),
        new(AttachExternal, 4, Refusals.Memory),
        new(HoldExternal, 1, Refusals.Never),
        new(DropExternal, 1, Refusals.Never),
        new(DescribeExternal, 1, Refusals.Never),

        new(AddRoom, 2, Refusals.Memory),
        new(AttachCluster, 2, Refusals.Memory),
        new(AlignToEnd, 1, Refusals.Never),

        new(Append, 6, Refusals.Memory),
        new(Extend, 4, Refusals.Memory),
        new(Prepend, 5, Refusals.Memory),
        new(CopyBack, 5, Refusals.Memory),
        new(Write, 3, Refusals.Reach),
        new(TrimStart, 4, Refusals.Never),
        new(TrimEnd, 4, Refusals.Never),

        new(Share, 6, Refusals.Memory),
        new(ShareRange, 4, Refusals.Reach | Refusals.Memory),
        new(ShareBehindHead, 2, Refusals.Memory),
        new(Duplicate, 3, Refusals.Memory),
        new(Unshare, 3, Refusals.Memory),
        new(MakeWritable, 3, Refusals.Reach | Refusals.Memory),
        new(Defragment, 4, Refusals.Memory),
        new(Fragment, 2, Refusals.Memory),
        new(Collapse, 4, Refusals.Reach | Refusals.Memory),
        new(Split, 5, Refusals.Reach | Refusals.Memory),
        new(Join, 5, Refusals.Never),
        new(PullUp, 5, Refusals.Reach | Refusals.Memory),
        new(PullDown, 5, Refusals.Reach | Refusals.Memory),
        new(CopyUp, 3, Refusals.Reach | Refusals.Memory),
        new(Apply, 2, Refusals.Reach | Refusals.Memory),
        new(WriteOn, 3, Refusals.Memory),
        new(ReadOn, 2, Refusals.Never),

        new(CopyOut, 2, Refusals.Reach),
        new(CopyOutInPieces, 1, Refusals.Never),
        new(FindPosition, 2, Refusals.Reach),
        new(WriteAtPosition, 2, Refusals.Reach),
        new(SetTypeAtPosition, 1, Refusals.Never),

        new(SetField, 2, Refusals.Never),
        new(SetPacketLength, 1, Refusals.Never),
        new(SetFlags, 1, Refusals.Never),
        new(SetType, 1, Refusals.Never),
        new(MarkReadOnly, 2, Refusals.Never),
        new(MoveHeader, 1, Refusals.Never),
        new(CopyHeader, 2, Refusals.Memory),
        new(CopyFields, 1, Refusals.Never),

        new(AllocateTag, 3, Refusals.Memory),
        new(FreeTag, 1, Refusals.Never),
        new(CopyTag, 1, Refusals.Memory),
        new(WriteTag, 1, Refusals.Never),
        new(PrependTag, 4, Refusals.Never),
        new(FindTag, 1, Refusals.Reach),
        new(UnlinkTag, 1, Refusals.Never),
        new(DeleteTags, 1, Refusals.Never),
        new(WritePacketTag, 1, Refusals.Never),
        new(CopyTags, 2, Refusals.Memory),

        new(Enqueue, 3, Refusals.Reach),
        new(Dequeue, 3, Refusals.Reach),
        new(DrainQueue, 1, Refusals.Never),

        new(SendAndReceive, 1, Refusals.Memory),
        new(HandOver, 1, Refusals.Never),
        new(UseStale, 1, Refusals.Never),
        new(Free, 3, Refusals.Never),
        new(FreeFirst, 1, Refusals.Never),
        new(FreeMany, 1, Refusals.Never),
        new(DisposePacket, 1, Refusals.Never),
    ];
}
