using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Offload;

/// <summary>
/// Every form of the sum, each called by itself, against words added one by one. The build runs these and all tests of checksums
/// once more with the wider vectors, and then with all of them, switched off.
/// </summary>
public sealed class ChecksumKernelTests
{
    private static readonly Form[] s_forms =
    [
        new("64 bytes at a time", (Sum)ChecksumKernel.SumVector512, 64, Avx512BW.IsSupported),
        new("32 bytes at a time", (Sum)ChecksumKernel.SumVector256, 32, Avx2.IsSupported),
        new("16 bytes at a time", (Sum)ChecksumKernel.SumVector128, 0, Vector128.IsHardwareAccelerated),
        new("8 bytes at a time", (Sum)ChecksumKernel.SumScalar, 0, true),
        new("whichever is used", (Sum)ChecksumKernel.Sum, 0, true),
    ];

    private delegate ulong Sum(ReadOnlySpan<byte> bytes);

    [Test]
    public void Every_length_at_every_place_of_a_line_is_summed([ValueSource(nameof(s_forms))] Form form)
    {
        Require(form);
        byte[] bytes = new byte[400 + 64];
        new Random(1).NextBytes(bytes);
        for (int place = 0; place < 64; place++)
        {
            for (int length = form.Least; length <= 400; length++)
            {
                ReadOnlySpan<byte> part = bytes.AsSpan(place, length);
                if (InternetChecksum.Fold(form.Of(part)) != Expected(part))
                {
                    Assert.Fail($"{length} bytes at place {place}");
                }
            }
        }
    }

    [Test]
    public void Lanes_do_not_overflow_whatever_the_bytes_are(
        [ValueSource(nameof(s_forms))] Form form,
        [Values((byte)0x00, (byte)0x7F, (byte)0x80, (byte)0xFF)] byte value,
        [Values(65_536 - 2, 65_535, 65_536, 65_536 + 33, 131_073, 9_000_001)] int length)
    {
        Require(form);
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(value);

        Assert.That(InternetChecksum.Fold(form.Of(bytes)), Is.EqualTo(Expected(bytes)));
    }

    [Test]
    public void One_byte_anywhere_counts_once([ValueSource(nameof(s_forms))] Form form)
    {
        Require(form);
        byte[] bytes = new byte[200];
        for (int length = Math.Max(1, form.Least); length <= bytes.Length; length++)
        {
            for (int place = 0; place < length; place++)
            {
                bytes[place] = 0x81;
                if (InternetChecksum.Fold(form.Of(bytes.AsSpan(0, length))) != Expected(bytes.AsSpan(0, length)))
                {
                    Assert.Fail($"byte {place} of {length}");
                }

                bytes[place] = 0;
            }
        }
    }

    private static void Require(Form form)
    {
        if (!form.IsSupported)
        {
            Assert.Ignore($"This processor, or the runtime's settings, do not have vectors for {form}.");
        }
    }

    /// <summary>Words of the processor's order, one by one, the carry brought back at once.</summary>
    private static ushort Expected(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            byte[] word = [bytes[i], i + 1 < bytes.Length ? bytes[i + 1] : (byte)0];
            sum += BitConverter.ToUInt16(word);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }

    /// <summary>One form of the sum.</summary>
    public sealed record Form(string Name, Delegate Kernel, int Least, bool IsSupported)
    {
        /// <summary>The sum of these bytes.</summary>
        public ulong Of(ReadOnlySpan<byte> bytes) => ((Sum)Kernel)(bytes);

        /// <inheritdoc/>
        public override string ToString() => Name;
    }
}
