using NUnit.Framework;

namespace Engine.Mbufs.Tests.Faults;

/// <summary>
/// Receiving when allocations fail: what there is room for is received; without any the chain is as it was, and no byte is lost.
/// </summary>
public sealed class SocketFaultTests : MbufFixture
{
    private readonly List<Mbuf> _kept = [];

    private static readonly FaultShape[] s_shapes = [.. FaultShape.All];
    private static readonly SocketForm[] s_forms = OperatingSystem.IsLinux()
        ? [SocketForm.Public, SocketForm.Portable, SocketForm.Descriptor]
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
}
