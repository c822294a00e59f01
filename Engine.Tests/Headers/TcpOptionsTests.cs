using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Headers;

public sealed class TcpOptionsTests
{
    /// <summary>What a Linux client sends with its SYN.</summary>
    private static readonly byte[] s_ofSyn =
        [2, 4, 0x05, 0xB4, 4, 2, 8, 10, 0x01, 0x02, 0x03, 0x04, 0xF1, 0xF2, 0xF3, 0xF4, 1, 3, 3, 7];

    [Test]
    public void Each_option_is_given_with_its_bytes()
    {
        var options = new TcpOptions(s_ofSyn);

        Assert.That(Listed(options), Is.EqualTo(
            "MaximumSegmentSize 05B4, SackPermitted , Timestamps 01020304F1F2F3F4, NoOperation , WindowScale 07"));
        Assert.That(options.IsMalformed, Is.False);
    }

    [Test]
    public void The_well_known_ones_have_their_values()
    {
        var options = new TcpOptions(s_ofSyn);

        Assert.That(options.TryGetMaximumSegmentSize(out ushort size) && size == 1460);
        Assert.That(options.TryGetWindowScale(out byte shift) && shift == 7);
        Assert.That(options.TryGetTimestamps(out uint value, out uint echo));
        Assert.That((value, echo), Is.EqualTo((0x01020304u, 0xF1F2F3F4)));
    }

    [TestCase("", "", false)]
    [TestCase("00", "", false)]
    [TestCase("01", "NoOperation ", false)]
    [TestCase("010100020405B4", "NoOperation , NoOperation ", false, Description = "Nothing behind the end of the list counts.")]
    [TestCase("FE02", "254 ", false, Description = "An unknown kind is gone over by its length.")]
    [TestCase("FE03AA01", "254 AA, NoOperation ", false)]
    [TestCase("02", "", true, Description = "No length.")]
    [TestCase("0200", "", true, Description = "A length that would stand still.")]
    [TestCase("0201", "", true)]
    [TestCase("020405", "", true, Description = "A length beyond the end.")]
    [TestCase("0103030702FF", "NoOperation , WindowScale 07", true)]
    [TestCase("010103", "NoOperation , NoOperation ", true)]
    public void A_walk_ends_at_the_end_or_before_what_is_malformed(string bytes, string expected, bool isMalformed)
    {
        var options = new TcpOptions(Convert.FromHexString(bytes));
        Assert.That(Listed(options), Is.EqualTo(expected));
        Assert.That(options.IsMalformed, Is.EqualTo(isMalformed));

        TcpOptions.Enumerator walk = options.GetEnumerator();
        while (walk.MoveNext())
        {
            Assert.That(walk.IsMalformed, Is.False, "As long as it goes on.");
        }

        Assert.That(walk.IsMalformed, Is.EqualTo(isMalformed));
        Assert.That(walk.MoveNext(), Is.False, "It stays where it ended.");
        Assert.That((walk.IsMalformed, walk.Current.Kind, walk.Current.Data.Length),
            Is.EqualTo((isMalformed, TcpOptionKind.EndOfList, 0)));
    }

    [TestCase("020305030207080600000000", Description = "Wrong lengths.")]
    [TestCase("00020405B4030307080A0000000000000000", Description = "Behind the end of the list.")]
    [TestCase("0900020405B4030307080A0000000000000000", Description = "Behind a malformed one.")]
    [TestCase("")]
    public void What_is_not_there_or_of_another_length_is_not_found(string bytes)
    {
        var options = new TcpOptions(Convert.FromHexString(bytes));

        Assert.That(options.TryGetMaximumSegmentSize(out ushort size), Is.False);
        Assert.That(options.TryGetWindowScale(out byte shift), Is.False);
        Assert.That(options.TryGetTimestamps(out uint value, out uint echo), Is.False);
        Assert.That((size, shift, value, echo), Is.EqualTo(((ushort)0, (byte)0, 0u, 0u)));
    }

    [Test]
    public void Of_several_the_first_counts()
    {
        var options = new TcpOptions([2, 4, 0, 1, 2, 4, 0, 2, 3, 3, 1, 3, 3, 2]);

        Assert.That(options.TryGetMaximumSegmentSize(out ushort size) && size == 1);
        Assert.That(options.TryGetWindowScale(out byte shift) && shift == 1);
    }

    [Test]
    public void The_default_value_has_none()
    {
        TcpOptions none = default;

        Assert.That(Listed(none), Is.Empty);
        Assert.That(none.IsMalformed, Is.False);
    }

    private static string Listed(TcpOptions options)
    {
        var listed = new List<string>();
        foreach (TcpOption option in options)
        {
            listed.Add($"{option.Kind} {Convert.ToHexString(option.Data)}");
        }

        return string.Join(", ", listed);
    }
}
