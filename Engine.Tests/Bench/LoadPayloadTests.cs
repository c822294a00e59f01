using Engine.Mbufs.Bench.Proxy;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>What the load generator sends, and how it knows that it came back right.</summary>
[Category("Bench")]
public sealed class PayloadTests
{
    [Test]
    public void A_request_names_the_bytes_that_it_asks_for([Values(0, 32, 102_400, 32 << 20)] int bytes)
    {
        var payload = new LoadPayload(bytes);

        Assert.That(payload.Request, Has.Length.EqualTo(LoadPayload.RequestLength));
        Assert.That(LoadPayload.BodyBytesOf(payload.Request), Is.EqualTo(bytes));
        Assert.That(payload.Length, Is.EqualTo(LoadPayload.HeaderLength + (long)bytes));
    }

    [Test]
    public void What_is_not_a_request_is_seen()
    {
        byte[] other = new LoadPayload(32).Request;
        other[0] ^= 1;

        Assert.That(LoadPayload.BodyBytesOf(other), Is.Negative);
        Assert.That(LoadPayload.BodyBytesOf(new LoadPayload(32).Request.AsSpan(1)), Is.Negative);
    }

    [Test]
    public void Pieces_of_any_size_are_the_same_response(
        [Values(32, 102_400, 5 << 20)] int bytes,
        [Values(160, 65_536, 999_999)] int most)
    {
        var payload = new LoadPayload(bytes);
        byte[] whole = Read(payload, int.MaxValue);

        Assert.That(Read(payload, most), Is.EqualTo(whole));
        Assert.That(whole, Has.Length.EqualTo(payload.Length));
    }

    [Test]
    public void A_body_does_not_repeat_itself_within_a_mebibyte()
    {
        byte[] body = Read(new LoadPayload(3 << 20), int.MaxValue)[LoadPayload.HeaderLength..];
        ReadOnlySpan<byte> first = body.AsSpan(0, 1 << 20);

        Assert.That(first[16..].IndexOf(first[..16]), Is.Negative);
        Assert.That(body.AsSpan(1 << 20, 1 << 20).SequenceEqual(first));
    }

    private static byte[] Read(LoadPayload payload, int most)
    {
        var bytes = new List<byte>();
        while (bytes.Count < payload.Length)
        {
            bytes.AddRange(payload.At(bytes.Count, most));
        }

        return [.. bytes];
    }
}
