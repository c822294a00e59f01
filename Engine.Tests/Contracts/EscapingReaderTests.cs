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

    private static readonly string[] s_shown =
    [
        "IMbufSource|public void CopyTo(int offset, scoped Span<byte> bytes) => _kept = bytes;",
        "IMbufTransformer|public int Transform(scoped Span<byte> bytes) => (_kept = bytes).Length;",
        "IMbufVisitor|public int Visit(scoped ReadOnlySpan<byte> bytes) => (_seen = bytes).Length;",
    ];

    [Test]
    public void Bytes_that_are_shown_for_the_time_of_a_call_cannot_be_kept([ValueSource(nameof(s_shown))] string form)
        => Snippet.IsRefused([EscapingValue], Keeper(form));

    [Test]
    public void Nor_can_the_promise_not_to_keep_them_be_left_out([ValueSource(nameof(s_shown))] string form)
        => Snippet.IsRefused([PromiseLeftOut], Keeper(form.Replace("scoped ", "", StringComparison.Ordinal)));

    [Test]
    public void Visitors_readers_and_typed_views_are_used_where_the_chain_is() => Snippet.Compiles("""
        ref struct Copier(Span<byte> target) : IMbufVisitor, IMbufTransformer
        {
            private Span<byte> _target = target;

            public int Visit(scoped ReadOnlySpan<byte> bytes)
            {
                bytes.CopyTo(_target);
                _target = _target[bytes.Length..];
                return 0;
            }

            public int Transform(scoped Span<byte> bytes) => Visit(bytes);
        }

        struct Sum : IMbufVisitor
        {
            public int Bytes;

            public int Visit(scoped ReadOnlySpan<byte> bytes)
            {
                Bytes += bytes.Length;
                return 0;
            }
        }

        static int Work(MbufChain packet, Span<byte> target)
        {
            scoped var copier = new Copier(target);
            packet.TryVisit(0, target.Length, ref copier, out _);
            packet.TryTransform(0, 0, ref copier, out _);
            Sum sum = default;
            packet.TryVisit(0, packet.Length, ref sum, out int result);
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

    private static string Keeper(string form) => $$"""
        ref struct Keeper : {{form.Split('|')[0]}}
        {
            private Span<byte> _kept;
            private ReadOnlySpan<byte> _seen;

            {{form.Split('|')[1]}}

            public int Count() => _kept.Length + _seen.Length;
        }
        """;
}
