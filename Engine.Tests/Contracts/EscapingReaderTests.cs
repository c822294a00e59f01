using NUnit.Framework;

using static Engine.Mbufs.Tests.Contracts.CompilerError;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Readers, writers, visitors and typed views are bound to the chain's variable as spans are.</summary>
[Category("Contracts")]
public sealed class EscapingReaderTests
{
    private static readonly string[] s_outs =
        ["packet.TryPullDown(0, 1, out kept)", "packet.TryCopyUp(1, 0, out kept)"];

    [Test]
    public void A_reader_and_a_writer_cannot_be_returned([Values("Reader", "Writer")] string type) => Snippet.IsRefused([EscapingLocal], $$"""
        static Mbuf{{type}} Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            return packet.Get{{type}}();
        }
        """);

    [Test]
    public void A_typed_view_cannot_be_returned([Values("ref readonly uint|FirstAs", "ref uint|WritableFirstAs")] string form)
        => Snippet.IsRefused([EscapingLocal], $$"""
        static {{form.Split('|')[0]}} Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            return ref packet.{{form.Split('|')[1]}}<uint>();
        }
        """);

    [Test]
    public void A_typed_view_for_reading_cannot_be_written() => Snippet.IsRefused([WriteIntoReadOnly], """
        static void Write(MbufChain packet) => packet.FirstAs<uint>() = 1;
        """);

    [Test]
    public void A_contiguous_view_cannot_be_kept([ValueSource(nameof(s_outs))] string operation)
        => Snippet.IsRefused([EscapingValue, EscapingArgument], $$"""
        static void Leak(in MbufScope mbufs)
        {
            ReadOnlySpan<byte> kept = default;
            {
                using MbufChain packet = mbufs.AllocatePacket();
                {{operation}};
            }
        }
        """);

    [Test]
    public void A_visitor_that_keeps_what_it_saw_cannot_outlive_the_chain() => Snippet.IsRefused([EscapingValue, EscapingArgument], """
        ref struct Keeper : IMbufVisitor
        {
            public ReadOnlySpan<byte> Kept;

            public int Visit(ReadOnlySpan<byte> bytes)
            {
                Kept = bytes;
                return 0;
            }
        }

        static void Leak(in MbufScope mbufs)
        {
            Keeper keeper = default;
            {
                using MbufChain packet = mbufs.AllocatePacket();
                packet.TryApply(0, 1, ref keeper, out _);
            }
        }
        """);

    [Test]
    public void Visitors_readers_and_typed_views_are_used_where_the_chain_is() => Snippet.Compiles("""
        ref struct Copier(Span<byte> target) : IMbufVisitor, IMbufTransformer
        {
            private Span<byte> _target = target;

            public int Visit(ReadOnlySpan<byte> bytes)
            {
                bytes.CopyTo(_target);
                _target = _target[bytes.Length..];
                return 0;
            }

            public int Transform(Span<byte> bytes) => Visit(bytes);
        }

        struct Sum : IMbufVisitor
        {
            public int Bytes;

            public int Visit(ReadOnlySpan<byte> bytes)
            {
                Bytes += bytes.Length;
                return 0;
            }
        }

        static int Work(MbufChain packet, Span<byte> target)
        {
            scoped var copier = new Copier(target);
            packet.TryApply(0, target.Length, ref copier, out _);
            packet.TryApplyInPlace(0, 0, ref copier, out _);
            Sum sum = default;
            packet.TryApply(0, packet.Length, ref sum, out int result);
            ref uint first = ref packet.WritableFirstAs<uint>();
            first = packet.FirstAs<uint>() + 1;
            MbufReader reader = packet.GetReader();
            MbufWriter writer = packet.GetWriter();
            return sum.Bytes + result + Read(ref reader) + (writer.TryWriteByte(1) ? 1 : 0);
        }

        static int Read(ref MbufReader reader)
        {
            Span<byte> part = stackalloc byte[8];
            return reader.TryReadUInt16BigEndian(out ushort length) && reader.TryRead(part) ? length : 0;
        }
        """);
}
