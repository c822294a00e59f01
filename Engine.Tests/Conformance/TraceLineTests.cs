using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

public sealed class TraceLineTests
{
    [Test]
    public void Comments_and_empty_lines_are_no_operations()
    {
        IReadOnlyList<TraceLine> lines = TraceLine.ParseAll(["# a comment", "", "all", "#", "end"]);

        Assert.That(
            lines.Select(static line => (line.Number, line.FileLine, line.Operation)),
            Is.EqualTo(new[] { (1, 3, "all"), (2, 5, "end") }));
    }

    [Test]
    public void Arguments_are_read_in_order_and_as_what_they_are()
    {
        TraceLine line = Parse("op r31 t15 q3 -5 7 4294967295 65535 255 1 MT_CONTROL M_COPYALL 12 9216 0aFF M_EOR+M_RDONLY 3 1");

        Assert.That(line.Register(), Is.EqualTo(31));
        Assert.That(line.Tag(), Is.EqualTo(15));
        Assert.That(line.Queue(), Is.EqualTo(3));
        Assert.That(line.Integer(), Is.EqualTo(-5));
        Assert.That(line.Count(), Is.EqualTo(7));
        Assert.That(line.Unsigned(), Is.EqualTo(uint.MaxValue));
        Assert.That(line.Short(), Is.EqualTo(ushort.MaxValue));
        Assert.That(line.Small(), Is.EqualTo(byte.MaxValue));
        Assert.That(line.Flag());
        Assert.That(line.Type(), Is.EqualTo(MbufType.Control));
        Assert.That(line.Length(), Is.EqualTo(MbufSizes.CopyAll));
        Assert.That(line.Length(), Is.EqualTo(12));
        Assert.That(line.ClusterSize(), Is.EqualTo(MbufClusterSize.Jumbo9));
        Assert.That(line.Bytes(), Is.EqualTo(new byte[] { 10, 255 }));
        Assert.That(TraceNames.FlagsOf(line.Word()), Is.EqualTo(MbufFlags.EndOfRecord | MbufFlags.ReadOnly));
        Assert.That(line.Pattern(), Is.EqualTo(TracePayload.Pattern(1, 3)));
        line.ExpectEnd();
    }

    [TestCase("r32")]
    [TestCase("r01")]
    [TestCase("r-1")]
    [TestCase("r")]
    [TestCase("t1")]
    [TestCase("1")]
    [TestCase("")]
    public void A_register_is_one_of_thirty_two(string word) => Refuses(word, static line => line.Register());

    [TestCase("+1")]
    [TestCase("0x1")]
    [TestCase("1.0")]
    [TestCase(" 1")]
    [TestCase("2147483648")]
    [TestCase("")]
    public void A_number_is_decimal_and_of_32_bits(string word) => Refuses(word, static line => line.Integer());

    [TestCase("-1")]
    [TestCase("4294967296")]
    public void A_seed_is_unsigned(string word) => Refuses(word, static line => line.Unsigned());

    [TestCase("0a0")]
    [TestCase("0g")]
    [TestCase("")]
    public void Bytes_are_pairs_of_digits(string word) => Refuses(word, static line => line.Bytes());

    [TestCase("2")]
    [TestCase("true")]
    public void A_flag_is_0_or_1(string word) => Refuses(word, static line => line.Flag());

    [TestCase("2000")]
    [TestCase("0")]
    public void A_cluster_has_a_size_that_there_is(string word) => Refuses(word, static line => line.ClusterSize());

    [Test]
    public void Names_that_nobody_knows_are_refused()
    {
        Refuses("MT_NOTHING", static line => line.Type());
        Refuses("M_NOTHING", static line => TraceNames.FlagOf(line.Word()));
        Refuses("M_EOR+", static line => TraceNames.FlagsOf(line.Word()));
        Refuses("CSUM_NOTHING", static line => TraceNames.ChecksumFlagsOf(line.Word()));
    }

    [Test]
    public void Too_few_arguments_and_too_many_are_refused()
    {
        Assert.That(() => Parse("op").Integer(), Throws.TypeOf<TraceException>());
        Assert.That(() => Parse("op 1").ExpectEnd(), Throws.TypeOf<TraceException>());
        Assert.That(() => Parse("op ").ExpectEnd(), Throws.TypeOf<TraceException>(), "A space at the end is not nothing.");
    }

    [Test]
    public void Sets_of_checksum_flags_are_printed_in_the_order_of_the_format()
    {
        MbufChecksumFlags flags = TraceNames.ChecksumFlagsOf("CSUM_PSEUDO_HDR+CSUM_UDP+CSUM_IP");

        Assert.That(TraceNames.NamesOf(flags), Is.EqualTo("CSUM_IP+CSUM_UDP+CSUM_PSEUDO_HDR"));
        Assert.That(TraceNames.NamesOf(TraceNames.ChecksumFlagsOf("0")), Is.EqualTo("0"));
    }

    private static TraceLine Parse(string text) => TraceLine.ParseAll([text])[0];

    private static void Refuses(string word, Action<TraceLine> read)
        => Assert.That(() => read(Parse($"op {word}")), Throws.TypeOf<TraceException>());
}
