using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>
/// What the compiler must not stand in the way of. Without these, refusing everything would pass the other tests.
/// </summary>
[Category("Contracts")]
public sealed class AllowedProgramTests
{
    [Test]
    public void Chains_are_held_in_usings() => Snippet.Compiles("""
        static int Work(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            packet.TryAppend("hello"u8);
            packet.TryPrepend(2, out Span<byte> header);
            header[0] = 1;
            using MbufChain copy = packet.Share();
            packet.PacketLength = copy.Length;
            packet.TrySplit(3, out MbufChain rest);
            using (rest)
            {
                packet.Append(rest);
            }

            ReadOnlySpan<byte> view = packet.FirstSpan;
            return view.Length;
        }
        """);

    [Test]
    public void Helpers_take_chains_by_value_and_by_in() => Snippet.Compiles("""
        static int ByValue(MbufChain packet)
        {
            packet.TrimStart(1);
            packet.TryPullUp(4, out ReadOnlySpan<byte> view);
            int sum = view.Length;
            foreach (ReadOnlySpan<byte> segment in packet.Segments)
            {
                sum += segment.Length;
            }

            return sum;
        }

        static int ByIn(in MbufChain packet) => packet.FirstSpan.Length;

        static int Work(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            return ByValue(packet) + ByIn(packet) + ByIn(in packet);
        }
        """);

    [Test]
    public void A_helper_returns_a_chain_that_it_built_from_a_scope_given_by_in() => Snippet.Compiles("""
        static MbufChain Greeting(in MbufScope mbufs)
        {
            MbufChain packet = mbufs.AllocatePacket();
            packet.TryAppend("hello"u8);
            return packet;
        }

        static void Work(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = Greeting(mbufs);
        }
        """);

    [Test]
    public void A_helper_hands_a_packet_of_a_queue_out_of_a_scope_given_by_in() => Snippet.Compiles("""
        static bool Next(in MbufScope mbufs, MbufQueue queue, out MbufChain packet)
            => queue.TryDequeue(mbufs, out packet);

        static void Work(MbufArena arena, MbufQueue queue)
        {
            using MbufScope mbufs = arena.Enter();
            while (Next(mbufs, queue, out MbufChain packet))
            {
                packet.Free();
            }
        }
        """);

    [Test]
    public void A_helper_returns_the_bytes_of_a_chain_given_by_in() => Snippet.Compiles("""
        static ReadOnlySpan<byte> Start(in MbufChain packet) => packet.FirstSpan[..4];

        static int Work(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            return Start(packet).Length;
        }
        """);

    [Test]
    public void A_helper_opens_a_scope_for_its_caller() => Snippet.Compiles("""
        static MbufScope Begin(MbufArena arena) => arena.Enter();

        static void Work(MbufArena arena)
        {
            using MbufScope mbufs = Begin(arena);
            using MbufChain packet = mbufs.AllocatePacket();
        }
        """);

    [Test]
    public void Enqueueing_in_a_using_is_right_whether_or_not_there_is_room() => Snippet.Compiles("""
        static void Work(in MbufScope mbufs, MbufQueue queue)
        {
            MbufChain p = mbufs.AllocatePacket();
            using (p)
            {
                queue.TryEnqueue(p);
            }

            using (MbufChain q = mbufs.AllocatePacket()) queue.TryEnqueue(q);
        }
        """);

    [Test]
    public void A_ref_struct_of_a_program_holds_a_scope_and_a_chain() => Snippet.Compiles("""
        ref struct Turn
        {
            public MbufScope Mbufs;
            public MbufChain Packet;
        }
        """);

    [Test]
    public void Handles_go_where_chains_cannot() => Snippet.Compiles("""
        static readonly Queue<Mbuf> s_pending = new();

        static async Task Work(MbufArena arena)
        {
            Mbuf handle;
            using (MbufScope mbufs = arena.Enter())
            {
                handle = mbufs.AllocatePacket().Detach();
            }

            await Task.Yield();
            s_pending.Enqueue(handle);
            using (MbufScope mbufs = arena.Enter())
            {
                using MbufChain packet = mbufs.Open(s_pending.Dequeue());
            }
        }
        """);

    [Test]
    public void A_scope_is_used_between_two_awaits() => Snippet.Compiles("""
        static async Task Work(MbufArena arena)
        {
            await Task.Yield();
            {
                using MbufScope mbufs = arena.Enter();
                using MbufChain packet = mbufs.AllocatePacket();
            }

            await Task.Yield();
        }
        """);

    [Test]
    public void A_generic_method_that_allows_ref_structs_takes_a_chain() => Snippet.Compiles("""
        static void End<T>(T owned)
            where T : IDisposable, allows ref struct
            => owned.Dispose();

        static void Work(in MbufScope mbufs) => End(mbufs.AllocatePacket());
        """);

    [Test]
    public void A_helper_returns_a_packet_that_it_made_of_bytes_on_its_stack() => Snippet.Compiles("""
        static MbufChain Greeting(in MbufScope mbufs)
        {
            Span<byte> bytes = stackalloc byte[2];
            bytes.Fill(7);
            return mbufs.AllocatePacketFrom(bytes, 14, 1);
        }
        """);
}
