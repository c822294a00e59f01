using NUnit.Framework;

namespace Engine.Mbufs.Tests.Faults;

/// <summary>
/// Receiving when allocations fail: what there is room for is received; without any the chain is as it was, and no byte is lost. Nor
/// when a packet is to come apart before it is sent, and cannot.
/// </summary>
public sealed class SocketFaultTests : MbufFixture
{
    private readonly List<Mbuf> _kept = [];

    private static readonly FaultShape[] s_shapes = [.. FaultShape.All];
    private static readonly SocketForm[] s_forms = OperatingSystem.IsLinux()
        ? [SocketForm.Public, SocketForm.Portable, SocketForm.Descriptor, SocketForm.LargeClusters]
        : [SocketForm.Public, SocketForm.Portable];

    [Test]
    public void Whichever_allocation_fails_no_byte_is_lost(
        [ValueSource(nameof(s_forms))] SocketForm form, [ValueSource(nameof(s_shapes))] object chainShape)
    {
        var shape = (FaultShape)chainShape;
        using var pair = new SocketPair(Transport.Tcp4);
        byte[] sent = Pattern(7000);
        bool struck = true;
        for (int number = 1; struck; number++)
        {
            using MbufScope mbufs = Arena.Enter();
            using MbufChain chain = shape.Build(mbufs, _kept);
            byte[] bytes = ChainAssert.Bytes(chain);
            ChainSnapshot before = ChainSnapshot.Of(chain);
            pair.Deliver(sent);

            Arena.Stress.FailAllocationNumber = number;
            MbufSocketResult result = form.Receive(pair.Near, chain, sent.Length);
            struck = Arena.Stress.FailAllocationNumber == 0;
            Arena.Stress.FailAllocationNumber = 0;
            if (result.Status == MbufSocketStatus.Exhausted)
            {
                Assert.That((struck, result.Bytes), Is.EqualTo((true, 0)));
                before.AssertUnchanged(chain);
            }

            while (chain.Length < bytes.Length + sent.Length)
            {
                ChainAssert.Holds(chain, [.. bytes, .. sent.AsSpan(0, chain.Length - bytes.Length)]);
                result = form.Receive(pair.Near, chain, sent.Length);
                Assert.That(result.Status, Is.EqualTo(MbufSocketStatus.Transferred));
            }

            ChainAssert.Holds(chain, [.. bytes, .. sent]);
            mbufs.Free(_kept.ToArray());
            _kept.Clear();
        }
    }

    [Test]
    public void Whichever_allocation_fails_what_is_to_be_sent_is_sent([ValueSource(nameof(s_forms))] SocketForm form)
    {
        using var pair = new SocketPair(Transport.Tcp4);
        using MbufScope mbufs = Arena.Enter();
        bool struck = true;
        for (int number = 1; struck; number++)
        {
            using MbufChain chain = Packet(mbufs, Pattern(2000));
            Arena.Stress.MaximumSegmentLength = 500;
            Arena.Stress.FailAllocationNumber = number;
            Assert.That(form.Send(pair.Near, chain).Bytes, Is.EqualTo(2000));
            struck = Arena.Stress.FailAllocationNumber == 0;
            Arena.Stress.FailAllocationNumber = 0;
            Arena.Stress.MaximumSegmentLength = 0;
            Assert.That(pair.ReadAtFar(2000), Is.EqualTo(Pattern(2000)));
        }
    }
}
