using System.Buffers;
using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <summary>
/// Memory that was attached to a packet, and how often it was given back: by the routine's calls, or by what happens to managed
/// memory. It is spoiled at that moment, so that a packet that still refers to it shows.
/// </summary>
internal sealed class ModelStorage : IDisposable
{
    private const byte Spoilt = 0xDE;

    private readonly Attachment? _native;
    private readonly Block? _managed;
    private readonly byte[]? _original;

    private ModelStorage(Attachment? native, Block? managed, bool isReadOnly)
    {
        _native = native;
        _managed = managed;
        IsReadOnly = isReadOnly;
        _original = isReadOnly ? Bytes.ToArray() : null;
    }

    public bool IsReadOnly { get; }

    /// <summary>The caller has a counter of references, and this many of its own.</summary>
    public bool IsCallerCounted { get; private init; }

    public int Holds { get; private set; }

    /// <summary>The caller's own reference was the last one: the end of the storage is the caller's business.</summary>
    public bool EndedByCaller { get; private set; }

    /// <summary>Mbufs that refer to the storage, as the last look at all packets found.</summary>
    public int References { get; set; }

    public unsafe nint Address => (nint)Unsafe(Bytes);

    public Span<byte> Bytes => _native is null ? _managed!.GetSpan() : _native.Bytes;

    public int Releases => _native?.Calls ?? _managed!.Releases;

    public static ModelStorage Native(ReadOnlySpan<byte> content, bool isReadOnly, Action? onRelease)
    {
        Attachment? self = null;
        self = new Attachment(content.Length)
        {
            OnRelease = () =>
            {
                self!.Bytes.Fill(Spoilt);
                onRelease?.Invoke();
            },
        };
        content.CopyTo(self.Bytes);
        return new ModelStorage(self, null, isReadOnly);
    }

    public static ModelStorage CallerCounted(ReadOnlySpan<byte> content, bool isReadOnly)
    {
        Attachment? self = null;
        self = new Attachment(content.Length) { OnRelease = () => self!.Bytes.Fill(Spoilt) };
        content.CopyTo(self.Bytes);
        self.Counter = 1;
        return new ModelStorage(self, null, isReadOnly) { IsCallerCounted = true };
    }

    public static ModelStorage Managed(ReadOnlySpan<byte> content, bool isReadOnly, bool isOwned)
    {
        var block = new Block(content.Length, isOwned);
        content.CopyTo(block.GetSpan());
        return new ModelStorage(null, block, isReadOnly);
    }

    public bool TryAttachTo(MbufChain chain, int length)
    {
        if (_native is not null)
        {
            return chain.DangerousTryAttachExternal(
                _native.Describe(
                    IsCallerCounted ? MbufExternalType.CallerCounted : MbufExternalType.NetworkDriver,
                    IsReadOnly ? MbufFlags.ReadOnly : MbufFlags.None),
                length);
        }

        return _managed!.IsOwned ? chain.TryAttachExternal((IMemoryOwner<byte>)_managed, length)
            : IsReadOnly ? chain.TryAttachExternal((ReadOnlyMemory<byte>)_managed.Memory)
            : chain.TryAttachExternal(_managed.Memory, length);
    }

    public void Hold()
    {
        _native!.Counter++;
        Holds++;
    }

    public void DropHold()
    {
        Holds--;
        EndedByCaller = --_native!.Counter == 0;
    }

    /// <summary>What must be true between two operations. True if the storage has come to its end.</summary>
    public bool HasEnded()
    {
        bool isOver = References == 0 && Holds == 0;
        Churn.Require(_native is null || _native.Wrong == 0, "A routine was called with other arguments than were given.");
        Churn.Require(Releases == (isOver && !EndedByCaller ? 1 : 0), "Attached storage was given back too early, too late, or twice.");
        if (IsCallerCounted && !isOver)
        {
            Churn.Require(_native!.Counter == References + Holds, "The caller's counter is not the number of references.");
        }

        Churn.Require(isOver || _original is null || Bytes.SequenceEqual(_original), "Read-only storage was written.");
        return isOver;
    }

    public void Dispose()
    {
        _native?.Dispose();
        _managed?.Free();
    }

    private static unsafe byte* Unsafe(Span<byte> bytes)
        => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));

    /// <summary>Managed memory, as far as the engine can see, which notes that it was unpinned, and disposed if it has an owner.</summary>
    private sealed unsafe class Block(int size, bool isOwned) : MemoryManager<byte>
    {
        private readonly byte* _bytes = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, size));
        private int _pins;
        private int _disposals;

        public bool IsOwned { get; } = isOwned;

        public int Releases { get; private set; }

        public override Span<byte> GetSpan() => new(_bytes, size);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            _pins++;
            return new MemoryHandle(_bytes + elementIndex, pinnable: this);
        }

        public override void Unpin()
        {
            Assert.That(--_pins, Is.Zero, "Memory is pinned once.");
            Release(isLast: !IsOwned);
        }

        public void Free() => NativeMemory.Free(_bytes);

        protected override void Dispose(bool disposing)
        {
            Assert.That((++_disposals, _pins, IsOwned), Is.EqualTo((1, 0, true)), "An owner is disposed once, after its memory was unpinned.");
            Release(isLast: true);
        }

        private void Release(bool isLast)
        {
            if (isLast)
            {
                Releases++;
                GetSpan().Fill(Spoilt);
            }
        }
    }
}
