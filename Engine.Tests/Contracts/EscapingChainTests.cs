using NUnit.Framework;

using static Engine.Mbufs.Tests.Contracts.CompilerError;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The compiler does not let a chain leave the block of the scope that it came from.</summary>
[Category("Contracts")]
public sealed class EscapingChainTests
{
    private static readonly string[] s_sources =
    [
        "mbufs.AllocateMbuf()",
        "mbufs.AllocatePacketWithoutCluster()",
        "mbufs.AllocatePacket()",
        "mbufs.AllocatePacket(MbufClusterSize.Page)",
        "mbufs.AllocateMbufWithCluster()",
        "mbufs.AllocateMbufWithCluster(MbufClusterSize.Page)",
        "mbufs.AllocatePacket(10_000)",
        "mbufs.Waiting(TimeSpan.Zero).AllocateMbuf()",
        "mbufs.Waiting(TimeSpan.Zero).AllocatePacketWithoutCluster()",
        "mbufs.Waiting(TimeSpan.Zero).AllocatePacket()",
        "mbufs.Waiting(TimeSpan.Zero).AllocatePacket(MbufClusterSize.Page)",
        "mbufs.Waiting(TimeSpan.Zero).AllocateMbufWithCluster()",
        "mbufs.Waiting(TimeSpan.Zero).AllocateMbufWithCluster(MbufClusterSize.Page)",
        "mbufs.Waiting(TimeSpan.Zero).AllocatePacket(10_000)",
        "mbufs.AllocateZeroedMbuf()",
        "mbufs.AllocateContiguousMbuf(100)",
        "mbufs.AllocateContiguousPacket(100)",
        "mbufs.AllocateChain(10_000)",
        "mbufs.Waiting(TimeSpan.Zero).AllocateZeroedMbuf()",
        "mbufs.Waiting(TimeSpan.Zero).AllocateContiguousMbuf(100)",
        "mbufs.Waiting(TimeSpan.Zero).AllocateContiguousPacket(100)",
        "mbufs.Waiting(TimeSpan.Zero).AllocateChain(10_000)",
        "mbufs.AllocatePacketFrom([1], 0, 0)",
        "mbufs.Open(handle)",
    ];

    [Test]
    public void A_chain_cannot_be_returned_from_the_block_of_its_scope([ValueSource(nameof(s_sources))] string source)
        => Snippet.IsRefused([EscapingLocal], $$"""
            static MbufChain Leak(MbufArena arena, Mbuf handle)
            {
                using MbufScope mbufs = arena.Enter();
                return {{source}};
            }
            """);

    [Test]
    public void A_chain_cannot_be_kept_in_a_variable_outside_of_its_scope([ValueSource(nameof(s_sources))] string source)
        => Snippet.IsRefused([EscapingLocal], $$"""
            static void Leak(MbufArena arena, Mbuf handle)
            {
                MbufChain kept = default;
                using (MbufScope mbufs = arena.Enter())
                {
                    kept = {{source}};
                }
            }
            """);

    [Test]
    public void A_chain_cannot_be_returned_from_a_scope_that_was_passed_by_value([ValueSource(nameof(s_sources))] string source)
        => Snippet.IsRefused([EscapingParameter], $$"""
            static MbufChain Leak(MbufScope mbufs, Mbuf handle) => {{source}};
            """);

    [Test]
    public void A_chain_that_a_helper_built_is_bound_as_if_it_had_been_allocated_here()
        => Snippet.IsRefused([EscapingLocal, EscapingResult], """
        static MbufChain Build(in MbufScope mbufs) => mbufs.AllocatePacket();

        static MbufChain Leak(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            return Build(mbufs);
        }
        """);

    [Test]
    public void A_share_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static MbufChain Leak(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            return packet.Share();
        }
        """);

    [Test]
    public void A_share_of_a_chain_that_was_passed_by_value_cannot_be_returned() => Snippet.IsRefused([EscapingParameter], """
        static MbufChain Leak(MbufChain packet) => packet.Share();
        """);

    [Test]
    public void A_copy_cannot_be_returned([Values("Duplicate()", "ShareBehindHead(0)")] string call)
        => Snippet.IsRefused([EscapingValue], $$"""
        static MbufChain Leak(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            return packet.{{call}};
        }
        """);

    [Test]
    public void A_shared_range_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static MbufChain Leak(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            packet.TryShare(0, 1, out MbufChain copy);
            return copy;
        }
        """);

    [Test]
    public void The_rest_of_a_split_cannot_be_kept() => Snippet.IsRefused([EscapingValue, EscapingArgument], """
        static void Leak(MbufArena arena)
        {
            MbufChain rest = default;
            using (MbufScope mbufs = arena.Enter())
            {
                using MbufChain packet = mbufs.AllocatePacket();
                packet.TrySplit(0, out rest);
            }
        }
        """);

    [Test]
    public void The_rest_of_a_split_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static MbufChain Leak(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            using MbufChain packet = mbufs.AllocatePacket();
            packet.TrySplit(0, out MbufChain rest);
            return rest;
        }
        """);

    [Test]
    public void A_packet_from_a_queue_cannot_be_kept() => Snippet.IsRefused([EscapingLocal, EscapingArgument], """
        static void Leak(MbufArena arena, MbufQueue queue)
        {
            MbufChain packet = default;
            using (MbufScope mbufs = arena.Enter())
            {
                queue.TryDequeue(mbufs, out packet);
            }
        }
        """);

    [Test]
    public void A_place_in_a_packet_of_a_queue_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static MbufPosition Leak(MbufArena arena, MbufQueue queue)
        {
            using MbufScope mbufs = arena.Enter();
            queue.TryPeekFirst(mbufs, out MbufPosition position);
            return position;
        }
        """);

    [Test]
    public void A_packet_from_a_queue_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static MbufChain Leak(MbufArena arena, MbufQueue queue)
        {
            using MbufScope mbufs = arena.Enter();
            queue.TryDequeue(mbufs, out MbufChain packet);
            return packet;
        }
        """);

    [Test]
    public void A_packet_from_a_queue_cannot_be_handed_out_of_a_scope_that_was_passed_by_value()
        => Snippet.IsRefused([EscapingParameter, EscapingArgument], """
        static bool Leak(MbufScope mbufs, MbufQueue queue, out MbufChain packet) => queue.TryDequeue(mbufs, out packet);
        """);

    [Test]
    public void A_packet_from_a_capture_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static MbufChain Leak(MbufArena arena, MbufCaptureReader reader)
        {
            using MbufScope mbufs = arena.Enter();
            reader.Read(mbufs, out MbufChain packet);
            return packet;
        }
        """);

    [Test]
    public void A_packet_from_a_capture_cannot_be_handed_out_of_a_scope_that_was_passed_by_value()
        => Snippet.IsRefused([EscapingParameter, EscapingArgument], """
        static MbufCaptureStatus Leak(MbufScope mbufs, MbufCaptureReader reader, out MbufChain packet)
            => reader.Read(mbufs, out packet);
        """);

    [Test]
    public void What_a_helper_split_off_cannot_be_kept()
        => Snippet.IsRefused([EscapingValue, EscapingArgument], """
        static bool Split(MbufChain packet, out MbufChain rest) => packet.TrySplit(0, out rest);

        static void Leak(MbufArena arena)
        {
            MbufChain kept = default;
            using (MbufScope mbufs = arena.Enter())
            {
                using MbufChain packet = mbufs.AllocatePacket();
                Split(packet, out kept);
            }
        }
        """);

    [Test]
    public void What_a_helper_took_from_a_queue_cannot_be_kept()
        => Snippet.IsRefused([EscapingLocal, EscapingArgument], """
        static bool Next(in MbufScope mbufs, MbufQueue queue, out MbufChain packet)
            => queue.TryDequeue(mbufs, out packet);

        static void Leak(MbufArena arena, MbufQueue queue)
        {
            MbufChain kept = default;
            using (MbufScope mbufs = arena.Enter())
            {
                Next(mbufs, queue, out kept);
            }
        }
        """);

    [Test]
    public void A_ref_struct_that_holds_a_chain_cannot_be_returned()
        => Snippet.IsRefused([EscapingValue], """
        ref struct Holder
        {
            public MbufChain Packet;
        }

        static Holder Leak(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            return new Holder { Packet = mbufs.AllocatePacket() };
        }
        """);
}
