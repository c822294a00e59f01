using System.Text;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>The generator and the hash give what the description of the format says.</summary>
public sealed class TracePayloadTests
{
    [Test]
    public void The_pattern_of_seed_1_starts_as_described()
        => Assert.That(Convert.ToHexStringLower(TracePayload.Pattern(1, 8)), Is.EqualTo("2101c54fd1d01ab2"));

    [Test]
    public void Seed_0_stands_for_another()
        => Assert.That(TracePayload.Pattern(0, 40), Is.EqualTo(TracePayload.Pattern(0x9E37_79B9, 40)));

    [Test]
    public void A_longer_pattern_starts_with_a_shorter_one()
        => Assert.That(TracePayload.Pattern(uint.MaxValue, 100)[..60], Is.EqualTo(TracePayload.Pattern(uint.MaxValue, 60)));

    [TestCase("", "cbf29ce484222325")]
    [TestCase("a", "af63dc4c8601ec8c")]
    [TestCase("foobar", "85944171f73967e8")]
    public void The_hash_is_fnv_1a_of_64_bits(string text, string hash)
        => Assert.That(TracePayload.Hash(Encoding.ASCII.GetBytes(text)), Is.EqualTo(hash));

    [Test]
    public void The_hash_of_a_pattern_is_the_reference_s()
        => Assert.That(TracePayload.Hash(TracePayload.Pattern(101, 100)), Is.EqualTo("7eee61b90fd29ae7"));
}
