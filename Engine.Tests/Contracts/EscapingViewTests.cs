using NUnit.Framework;

using static Engine.Mbufs.Tests.Contracts.CompilerError;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The compiler does not let a view of a packet's bytes outlive the chain's variable.</summary>
[Category("Contracts")]
public sealed class EscapingViewTests
{
    private static readonly string[] s_outSpans =
    [
        "packet.TryAppend(10, out kept)",
        "packet.TryPrepend(10, out kept)",
        "packet.TryGetWritable(out kept)",
    ];

    [Test]
    public void The_first_span_cannot_be_returned() => Snippet.IsRefused([EscapingLocal], """
        static ReadOnlySpan<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            return packet.FirstSpan;
        }
        """);

    [Test]
    public void The_first_span_cannot_be_kept_in_a_variable_that_lives_longer() => Snippet.IsRefused([EscapingValue], """
        static void Leak(in MbufScope mbufs)
        {
            ReadOnlySpan<byte> kept = default;
            using (MbufChain packet = mbufs.AllocatePacket())
            {
                kept = packet.FirstSpan;
            }
        }
        """);

    [Test]
    public void The_first_span_of_a_chain_passed_by_value_cannot_be_returned() => Snippet.IsRefused([EscapingParameter], """
        static ReadOnlySpan<byte> Leak(MbufChain packet) => packet.FirstSpan;
        """);

    [Test]
    public void A_span_for_writing_cannot_be_kept([ValueSource(nameof(s_outSpans))] string operation)
        => Snippet.IsRefused([EscapingValue, EscapingArgument], $$"""
        static void Leak(in MbufScope mbufs)
        {
            Span<byte> kept = default;
            {
                using MbufChain packet = mbufs.AllocatePacket();
                {{operation}};
            }
        }
        """);

    [Test]
    public void A_span_for_writing_cannot_be_returned([ValueSource(nameof(s_outSpans))] string operation)
        => Snippet.IsRefused([EscapingValue], $$"""
        static Span<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            {{operation.Replace("out kept", "out Span<byte> kept", StringComparison.Ordinal)}};
            return kept;
        }
        """);

    [Test]
    public void A_view_that_was_pulled_up_cannot_be_kept() => Snippet.IsRefused([EscapingValue, EscapingArgument], """
        static void Leak(in MbufScope mbufs)
        {
            ReadOnlySpan<byte> kept = default;
            {
                using MbufChain packet = mbufs.AllocatePacket();
                packet.TryPullUp(0, out kept);
            }
        }
        """);

    [Test]
    public void A_view_that_was_pulled_up_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static ReadOnlySpan<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            packet.TryPullUp(0, out ReadOnlySpan<byte> view);
            return view;
        }
        """);

    [Test]
    public void A_segment_cannot_be_kept() => Snippet.IsRefused([EscapingValue], """
        static void Leak(in MbufScope mbufs)
        {
            ReadOnlySpan<byte> kept = default;
            {
                using MbufChain packet = mbufs.AllocatePacket();
                foreach (ReadOnlySpan<byte> segment in packet.Segments)
                {
                    kept = segment;
                }
            }
        }
        """);

    [Test]
    public void A_segment_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static ReadOnlySpan<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            foreach (ReadOnlySpan<byte> segment in packet.Segments)
            {
                return segment;
            }

            return default;
        }
        """);

    [Test]
    public void An_enumerator_cannot_be_returned_with_its_span() => Snippet.IsRefused([EscapingLocal], """
        static MbufChain.SegmentEnumerator Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            return packet.Segments.GetEnumerator();
        }
        """);

    [Test]
    public void The_span_of_an_enumerator_cannot_be_returned() => Snippet.IsRefused([EscapingValue], """
        static ReadOnlySpan<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            MbufChain.SegmentEnumerator walk = packet.Segments.GetEnumerator();
            walk.MoveNext();
            return walk.Current;
        }
        """);

    [Test]
    public void A_slice_of_a_view_is_bound_as_the_view_is() => Snippet.IsRefused([EscapingLocal, EscapingResult], """
        static ReadOnlySpan<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            return packet.FirstSpan[4..].TrimEnd((byte)0);
        }
        """);

    [Test]
    public void A_view_for_reading_cannot_be_written() => Snippet.IsRefused([WriteIntoReadOnly], """
        static void Write(MbufChain packet) => packet.FirstSpan[0] = 1;
        """);

    [Test]
    public void A_segment_cannot_be_written() => Snippet.IsRefused([WriteIntoReadOnly], """
        static void Write(MbufChain packet)
        {
            foreach (ReadOnlySpan<byte> segment in packet.Segments)
            {
                segment[0] = 1;
            }
        }
        """);

    [Test]
    public void A_view_for_reading_is_not_taken_for_one_for_writing() => Snippet.IsRefused([Conversion], """
        static void Write(MbufChain packet)
        {
            Span<byte> bytes = packet.FirstSpan;
        }
        """);
}
