using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>A check that cannot fail is none: everything that can be wrong with a trace makes it fail, and says where.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class TraceRunnerTests(bool isChecked)
{
    private const string Trace = """
        # a packet of ten bytes
        m_gethdr r0 MT_DATA

        m_append r0 10 1
        m_freem r0
        end

        """;

    private const string Expected = """
        1 m_gethdr ret=ok ; r0=len:0,pkt:0,fnv:cbf29ce484222325 | r0:0iw lead=0 trail=168 live=1/0
        2 m_append ret=1 ; r0=len:10,pkt:10,fnv:48b521b6e676faf7 | r0:10iw lead=0 trail=158 live=1/0
        3 m_freem ; r0=null | live=0/0
        4 end mbufs=0 clusters=0 tags=0 ext_calls=0 ext_live=0 ext_bad=0 | live=0/0

        """;

    [Test]
    public void A_trace_that_goes_as_expected_passes() => Assert.That(Run(Trace, Expected), Is.Null);

    [Test]
    public void The_layout_is_not_compared()
        => Assert.That(Run(Trace, Expected.Replace("10iw lead=0 trail=158", "anything", StringComparison.Ordinal)), Is.Null);

    [TestCase("pkt:10", "pkt:11")]
    [TestCase("len:10", "len:9")]
    [TestCase("48b521b6e676faf7", "48b521b6e676faf8")]
    [TestCase("ret=1", "ret=0")]
    [TestCase("ret=1 ;", "ret=1")]
    [TestCase("2 m_append", "3 m_append")]
    [TestCase("m_append ", "m_append_hex ")]
    [TestCase("pkt:10,", "pkt:10 ,")]
    [TestCase("f7 | r0", "f7  | r0")]
    public void A_wrong_line_makes_it_fail_and_is_named(string right, string wrong)
    {
        TraceFailure failure = Failure(Trace, Expected.Replace(right, wrong, StringComparison.Ordinal));

        Assert.That(failure.Line!.FileLine, Is.EqualTo(4));
        Assert.That(failure.Line.Text, Is.EqualTo("m_append r0 10 1"));
        Assert.That(failure.Expected, Is.Not.EqualTo(failure.Came));
        Assert.That(failure.Came, Is.EqualTo("2 m_append ret=1 ; r0=len:10,pkt:10,fnv:48b521b6e676faf7"));
        string text = failure.ToString();
        string[] parts = ["the trace", "line 4", failure.Expected, failure.Came];
        Assert.That(parts.Where(part => !text.Contains(part, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void A_line_that_is_missing_makes_it_fail()
    {
        string[] lines = Expected.Split('\n');
        for (int missing = 0; missing < 4; missing++)
        {
            Assert.That(Run(Trace, string.Join('\n', lines.Where((_, place) => place != missing))), Is.Not.Null);
        }

        Assert.That(Failure(Trace, "").Line!.FileLine, Is.EqualTo(2));
    }

    [TestCase("5 end mbufs=0\n")]
    [TestCase("\n")]
    public void A_line_too_many_makes_it_fail(string surplus)
        => Assert.That(Failure(Trace, Expected + surplus).Came, Does.Contain("the trace ends"));

    [Test]
    public void An_operation_that_nobody_knows_makes_it_fail()
    {
        string trace = Trace.Replace("m_append", "m_appendix", StringComparison.Ordinal);

        Assert.That(Failure(trace, Expected).Came, Does.Contain("m_appendix"));
    }

    [TestCase("m_append r0 10", TestName = "An_argument_that_is_missing_makes_it_fail")]
    [TestCase("m_append r0 10 1 1", TestName = "An_argument_too_many_makes_it_fail")]
    [TestCase("m_append r0  10 1", TestName = "A_space_too_many_makes_it_fail")]
    [TestCase("m_append r0 10 1\r", TestName = "A_carriage_return_makes_it_fail")]
    [TestCase("m_append r1 10 1", TestName = "A_register_that_is_null_makes_it_fail")]
    [TestCase("m_gethdr r0 MT_DATA", TestName = "A_destination_that_is_taken_makes_it_fail")]
    public void A_line_that_cannot_be_makes_it_fail(string line)
    {
        TraceFailure failure = Failure(Trace.Replace("m_append r0 10 1", line, StringComparison.Ordinal), Expected);

        Assert.That(failure.Line!.Text, Is.EqualTo(line));
        Assert.That(failure.Came, Does.Contain(nameof(TraceException)));
    }

    [Test]
    public void A_trace_without_end_makes_it_fail()
    {
        string trace = Trace.Replace("end\n", "", StringComparison.Ordinal);
        string expected = Expected[..Expected.IndexOf("4 end", StringComparison.Ordinal)];

        Assert.That(Failure(trace, expected).Came, Does.Contain("end of the file"));
        Assert.That(Failure("", "").Expected, Does.Contain("end"));
        Assert.That(Failure("# nothing\n", "").ToString(), Does.Contain("the trace"));
    }

    [Test]
    public void What_is_left_at_the_end_makes_it_fail()
    {
        string leaky = Trace.Replace("m_freem r0\n", "", StringComparison.Ordinal);
        string expected = Expected.Replace("3 m_freem ; r0=null | live=0/0\n", "", StringComparison.Ordinal)
            .Replace("4 end", "3 end", StringComparison.Ordinal);

        Assert.That(Failure(leaky, expected).Came, Is.EqualTo("3 end mbufs=1 clusters=0 tags=0 ext_calls=0 ext_live=0 ext_bad=0"));
        TraceFailure failure = Failure(leaky, expected.Replace("mbufs=0", "mbufs=1", StringComparison.Ordinal));
        Assert.That(failure.Expected, Does.Contain("empty"));
    }

    private TraceFailure Failure(string trace, string expected)
    {
        TraceFailure? failure = Run(trace, expected);
        Assert.That(failure, Is.Not.Null, "It should have failed.");
        return failure!;
    }

    private TraceFailure? Run(string trace, string expected) => TraceRunner.Run(TraceFile.Parse("the trace", trace, expected), isChecked);
}
