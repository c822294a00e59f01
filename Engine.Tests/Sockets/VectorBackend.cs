using System.Runtime.InteropServices;

namespace Engine.Mbufs.Tests.Sockets;

/// <summary>
/// A backend for input by readv(2), as a program outside of the engine writes one: at once, or, as io_uring does it, submitted in one turn and
/// completed in another. It uses public members of the engine only, and a test compiles it alone.
/// </summary>
public static unsafe class VectorBackend
{
    /// <summary>Receives behind a chain in one call. Bytes received; 0 at the end of the stream, -1 if there is nothing or no memory.</summary>
    public static int Receive(int fileDescriptor, MbufChain chain, int length)
    {
        if (!chain.TryReserveRoom(length, MbufClusterSize.Jumbo16, out MbufRoom room))
        {
            return -1;
        }

        using (room)
        {
            Vector* vectors = stackalloc Vector[room.PieceCount];
            int count = Describe(room, new Span<Vector>(vectors, room.PieceCount));
            int received = (int)ReadVectors(fileDescriptor, vectors, count);
            room.Commit(Math.Max(received, 0));
            return received;
        }
    }

    /// <summary>Gives chain and room to the system: from here on the submission owns both.</summary>
    public static Submission Submit(int fileDescriptor, MbufChain chain, int length)
    {
        if (!chain.TryReserveRoom(length, out MbufRoom room))
        {
            throw new InvalidOperationException("The arena has no room.");
        }

        var vectors = new Vector[room.PieceCount];
        Describe(room, vectors);
        return new Submission(fileDescriptor, vectors, room.Detach());
    }

    private static int Describe(scoped in MbufRoom room, Span<Vector> vectors)
    {
        int count = 0;
        foreach (Span<byte> piece in room)
        {
            // Native memory: it does not move when the statement ends.
            fixed (byte* address = piece)
            {
                vectors[count++] = new Vector((nint)address, (nuint)piece.Length);
            }
        }

        return count;
    }

    /// <summary>What a system works on meanwhile.</summary>
    public sealed class Submission
    {
        private readonly int _fileDescriptor;
        private readonly Vector[] _vectors;
        private readonly MbufRoomHandle _room;
        private int _received;

        internal Submission(int fileDescriptor, Vector[] vectors, MbufRoomHandle room)
        {
            _fileDescriptor = fileDescriptor;
            _vectors = vectors;
            _room = room;
        }

        /// <summary>The system's part, on any thread and outside of every scope.</summary>
        public void Work()
        {
            fixed (Vector* vectors = _vectors)
            {
                _received = (int)ReadVectors(_fileDescriptor, vectors, _vectors.Length);
            }
        }

        /// <summary>Takes chain and room back, and counts what came.</summary>
        public MbufChain Complete(in MbufScope mbufs)
        {
            MbufRoom room = mbufs.OpenRoom(_room);
            room.Commit(Math.Max(_received, 0));
            return room.Chain;
        }
    }

    /// <summary>struct iovec (POSIX, sys/uio.h).</summary>
    public readonly record struct Vector(nint Address, nuint Length);

#pragma warning disable SYSLIB1054 // Compiled by itself in a test, where no generator runs.
    [DllImport("libc", EntryPoint = "readv", SetLastError = true)]
    private static extern nint ReadVectors(int fileDescriptor, Vector* vectors, int count);
#pragma warning restore SYSLIB1054
}
