using System.Buffers;

namespace Engine.Mbufs.Tests.Faults;

/// <content>Packet headers, tags and attached storage.</content>
internal sealed partial record Fault
{
    /// <summary>Lives as long as the process: packets of many tests refer to it.</summary>
    private static readonly Attachment s_memory = new(100);

    private static readonly ReadOnlyMemory<byte> s_bytes = new byte[100];

    private static Fault Attach(string operation, FaultAttempt attempt) => Chain(operation, attempt) with { NeedsEmptyFirst = true };

    private static IEnumerable<Fault> OfHeaders() =>
    [
        Chain("TryCopyPacketHeaderFrom(MbufChain)", static (in _, chain, partner) => HeaderCopied(chain, partner)),
        Chain("TryCopyTagsFrom(MbufChain)", static (in _, chain, partner) => chain.TryCopyTagsFrom(partner)) with { NeedsHeader = true },
        new("MbufTag.Duplicate()", "", static (in _, _, partner) => TagCopied(partner)) { IsFresh = true },
        Attach("DangerousTryAttachExternal(MbufExternalStorage, Int32)",
            static (in _, chain, _) => chain.DangerousTryAttachExternal(s_memory.Describe(), 100)),
        Attach("TryAttachExternal(Memory, Int32)", static (in _, chain, _) => chain.TryAttachExternal(new byte[100], 50)),
        Attach("TryAttachExternal(ReadOnlyMemory)", static (in _, chain, _) => chain.TryAttachExternal(s_bytes)),
        Attach("TryAttachExternal(IMemoryOwner, Int32)", static (in _, chain, _) => OwnerAttached(chain)),
    ];

    private static bool HeaderCopied(MbufChain chain, MbufChain partner)
    {
        bool done = chain.TryCopyPacketHeaderFrom(partner);
        if (done)
        {
            chain.PacketLength = chain.Length;
        }

        return done;
    }

    private static bool TagCopied(MbufChain partner)
    {
        foreach (MbufTag tag in partner.Tags)
        {
            if (!Freed(tag.Duplicate()))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where it is refused, the owner is still ours to dispose, and not disposed yet.</summary>
    private static bool OwnerAttached(MbufChain chain)
    {
        var owner = new Owner();
        bool done = chain.TryAttachExternal(owner, 50);
        Must(!owner.IsDisposed, "The owner outlives the attempt.");
        return done;
    }

    private sealed class Owner : IMemoryOwner<byte>
    {
        public bool IsDisposed { get; private set; }

        public Memory<byte> Memory { get; } = new byte[100];

        public void Dispose() => IsDisposed = true;
    }
}
