using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

public sealed class MbufInterfaceTests
{
    [Test]
    public void An_interface_says_what_it_is()
    {
        var plain = new MbufInterface("lo0");
        var able = new MbufInterface("em0", MbufChecksumFlags.Tcp | MbufChecksumFlags.TcpSegmentation, mtu: 9000, number: 3);

        Assert.That((plain.Name, plain.HardwareAssist, plain.Mtu, plain.Number), Is.EqualTo(("lo0", MbufChecksumFlags.None, 1500, (ushort)0)));
        Assert.That((able.Name, able.HardwareAssist, able.Mtu, able.Number), Is.EqualTo(("em0", MbufChecksumFlags.Tcp | MbufChecksumFlags.TcpSegmentation, 9000, (ushort)3)));
        Assert.That(able.ToString(), Is.EqualTo("em0, mtu 9000, assists Tcp, TcpSegmentation"));
    }

    [Test]
    public void An_interface_that_cannot_be_is_refused()
    {
        Assert.That(static () => new MbufInterface(""), Throws.ArgumentException);
        Assert.That(static () => new MbufInterface(null!), Throws.ArgumentNullException);
        Assert.That(static () => new MbufInterface("a", mtu: 67), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new MbufInterface("a", MbufChecksumFlags.ChecksumDataValid), Throws.ArgumentException.With.Message.Contains("DataValid"));
        Assert.That(static () => new MbufInterface("a", MbufChecksumFlags.Fragmentation), Throws.ArgumentException);
        Assert.That(static () => new MbufInterface("a", mtu: MbufInterface.MinimumMtu), Throws.Nothing);
    }
}
