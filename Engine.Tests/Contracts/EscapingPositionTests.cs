using NUnit.Framework;

using static Engine.Mbufs.Tests.Contracts.CompilerError;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The compiler lets neither a place in a chain nor a view of it outlive the chain's variable.</summary>
[Category("Contracts")]
public sealed class EscapingPositionTests
{
    private static readonly string[] s_found =
    [
        "packet.TryGetPosition(0, out MbufPosition found);",
        "MbufPosition found = packet.Start;",
        "MbufPosition found = packet.LastSegment;",
        "packet.Start.TryGetNext(out MbufPosition found);",
    ];

    [Test]
    public void A_position_cannot_be_returned([ValueSource(nameof(s_found))] string find) => Snippet.IsRefused([EscapingValue], $$"""
        static MbufPosition Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            {{find}}
            return found;
        }
        """);

    [Test]
    public void The_bytes_of_a_position_cannot_be_returned([ValueSource(nameof(s_found))] string find, [Values("Span", "Segment")] string bytes)
        => Snippet.IsRefused([EscapingValue], $$"""
        static ReadOnlySpan<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            {{find}}
            return found.{{bytes}};
        }
        """);

    [Test]
    public void The_writable_bytes_of_a_position_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static Span<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            packet.Start.TryGetWritable(out Span<byte> kept);
            return kept;
        }
        """);

    [Test]
    public void The_bytes_of_a_position_of_a_chain_passed_by_value_cannot_be_returned() => Snippet.IsRefused([EscapingParameter], """
        static ReadOnlySpan<byte> Leak(MbufChain packet) => packet.Start.Span;
        """);

    [Test]
    public void A_position_cannot_be_kept_in_a_variable_that_lives_longer() => Snippet.IsRefused([EscapingValue], """
        static void Leak(in MbufScope mbufs)
        {
            MbufPosition kept = default;
            using (MbufChain packet = mbufs.AllocatePacket())
            {
                kept = packet.Start;
            }
        }
        """);

    [Test]
    public void A_walk_over_all_mbufs_compiles() => Snippet.Compiles("""
        static int Sum(MbufChain packet)
        {
            int sum = 0;
            MbufPosition position = packet.Start;
            do
            {
                sum += Length(position);
                position.Type = MbufType.Control;
            }
            while (position.TryGetNext(out position));
            return sum;
        }

        static int Length(MbufPosition position) => position.Span.Length;
        """);
}
