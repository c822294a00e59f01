namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Room for bytes to come, and clusters and external storage for mbufs that are there.</summary>
internal static class RoomOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_getm"] = RoomOfPacket,
        ["m_getm2"] = Room,
        ["MCLGET"] = AttachCluster,
        ["m_cljget"] = AttachClusterOfSize,
        ["MEXTADD"] = AttachExternal,
    };

    private static void RoomOfPacket(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Line.Register();
        int length = step.Line.Count();
        Room(step, mbufs, register, length, step.Line.Type(), header: true);
    }

    private static void Room(TraceStep step, in MbufScope mbufs)
    {
        int register = step.Line.Register();
        int length = step.Line.Count();
        MbufType type = step.Line.Type();
        Room(step, mbufs, register, length, type, header: step.Line.Flag());
    }

    private static void Room(TraceStep step, in MbufScope mbufs, int register, int length, MbufType type, bool header)
    {
        if (step.Machine.IsNull(register))
        {
            // Room for nothing is nothing to the reference; here it would be an empty mbuf.
            MbufChain chain = length == 0 ? default
                : header ? mbufs.AllocatePacket(length)
                : mbufs.AllocateChain(length);
            FinishRoom(step, mbufs, register, chain, roomWanted: length, oldSegments: 0, type, done: !chain.IsNull);
            return;
        }

        MbufChain old = step.Machine.Take(mbufs, register);
        int segments = old.SegmentCount;
        long wanted = TrailingSpaces(old) + length;
        FinishRoom(step, mbufs, register, old, wanted, segments, type, old.TryAddRoom(length));
    }

    private static void FinishRoom(
        TraceStep step, in MbufScope mbufs, int register, MbufChain chain, long roomWanted, int oldSegments, MbufType type, bool done)
    {
        step.Returns(done);
        if (done)
        {
            step.Key("fits", TrailingSpaces(chain) >= roomWanted);
            SetTypes(chain, oldSegments, type);
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static long TrailingSpaces(MbufChain chain)
    {
        MbufPosition position = chain.Start;
        long room = position.Tailroom;
        while (position.TryGetNext(out position))
        {
            room += position.Tailroom;
        }

        return room;
    }

    /// <summary>Gives every mbuf but the first ones a type.</summary>
    private static void SetTypes(MbufChain chain, int except, MbufType type)
    {
        MbufPosition position = chain.Start;
        int number = 0;
        do
        {
            if (number >= except)
            {
                position.Type = type;
            }

            number++;
        }
        while (position.TryGetNext(out position));
    }

    private static void AttachCluster(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        _ = chain.TryAttachCluster();
        step.Key("ext", IsExternal(chain));
        step.PutAndShow(mbufs, register, chain);
    }

    private static void AttachClusterOfSize(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        step.Returns(chain.TryAttachCluster(step.Line.ClusterSize()));
        step.Key("ext", IsExternal(chain));
        step.PutAndShow(mbufs, register, chain);
    }

    private static void AttachExternal(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int size = step.Line.Count();
        byte[] bytes = step.Line.Pattern();
        MbufExternalType type = step.Line.Word() switch
        {
            "EXT_NET_DRV" => MbufExternalType.NetworkDriver,
            "EXT_MOD_TYPE" => MbufExternalType.Module,
            "EXT_DISPOSABLE" => MbufExternalType.Disposable,
            "EXT_EXTREF" => MbufExternalType.CallerCounted,
            string other => throw new TraceException($"There is no type of external storage called {other}."),
        };
        MbufExternalStorage storage = step.Machine.Externals.Create(size, bytes, type, step.Line.Flag());

        // What is refused is mbufs, clusters and tags; the record of external storage is none of them.
        bool refuses = step.Machine.RefusesMemory;
        step.Machine.RefuseMemory(false);
        bool attached = chain.DangerousTryAttachExternal(storage, bytes.Length);
        step.Machine.RefuseMemory(refuses);
        if (!attached)
        {
            throw step.Refused("the arena has no record left.");
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static bool IsExternal(MbufChain chain) => (chain.Flags & MbufFlags.External) != 0;
}
