using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Engine.Samples.Linux;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>What the one reservation promises, of either backing.</summary>
public sealed unsafe class NativeRegionTests
{
    private const int Small = 3 << 20;
    private const int Alignment = 2 << 20;

    [Test]
    public void It_starts_at_two_megabytes_and_is_a_multiple_of_them([Values] bool isPortable)
    {
        var region = new NativeRegion(Small, hugePages: false, prefault: false, isPortable);

        Assert.That((long)AddressOf(region) % Alignment, Is.Zero);
        Assert.That(region.Length, Is.EqualTo(2 * Alignment));
        region.Free();
    }

    [Test]
    public void It_is_zero_whatever_the_one_before_left([Values] bool isPortable, [Values] bool prefault)
    {
        for (int round = 0; round < 4; round++)
        {
            var region = new NativeRegion(Small, hugePages: false, prefault, isPortable);
            Span<byte> bytes = region.Open(0, 0).Bytes(0, (int)region.Length);
            Assert.That(bytes.IndexOfAnyExcept((byte)0), Is.EqualTo(-1), $"round {round}");
            bytes.Fill(0xEE);
            region.Free();
        }
    }

    [Test]
    public void What_cannot_be_reserved_is_refused_with_the_number_of_bytes([Values] bool isPortable)
    {
        foreach (long length in new[] { 1L << 62, long.MaxValue })
        {
            OutOfMemoryException? refusal = Assert.Throws<OutOfMemoryException>(
                () => new NativeRegion(length, hugePages: false, prefault: false, isPortable).Free());

            Assert.That(refusal?.Message, Does.Contain($"the {length} bytes"));
        }
    }

    /// <summary>Two hundred of a terabyte each are more than the address space holds.</summary>
    [Test]
    public void What_is_freed_can_be_reserved_again()
    {
        RequireMapping();
        for (int round = 0; round < 200; round++)
        {
            new NativeRegion(1L << 40, hugePages: true, prefault: false, isPortable: false).Free();
        }
    }

    /// <summary>Of the heap, memory that was in use before may be resident in any case.</summary>
    [TestCase(false, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    [SupportedOSPlatform("linux")]
    public void A_prefaulted_one_is_resident_and_a_mapping_is_not(bool isPortable, bool prefault)
    {
        RequireMapping();
        var region = new NativeRegion(Small, hugePages: false, prefault, isPortable);
        int pages = (int)(region.Length / Environment.SystemPageSize);
        byte[] resident = new byte[pages];
        Assert.That(Libc.GetResidency(AddressOf(region), (nuint)region.Length, resident), Is.Zero);

        region.Free();
        Assert.That(resident.Count(static page => (page & 1) != 0), prefault ? Is.EqualTo(pages) : Is.LessThan(pages));
    }

    /// <summary>Nothing is ever mapped in the first pages, which is refused by the same error number as memory that there is not.</summary>
    [Test]
    public void What_cannot_be_made_resident_is_refused_with_the_number_of_bytes()
    {
        RequireMapping();
        int length = Environment.SystemPageSize;
        OutOfMemoryException? refusal = Assert.Throws<OutOfMemoryException>(() => NativeRegion.TryPopulate((byte*)length, length));

        Assert.That(refusal?.Message, Does.Contain($"the {length} bytes").And.Contain(Marshal.GetPInvokeErrorMessage(Errno.OutOfMemory)));
    }

    private static nint AddressOf(NativeRegion region) => region.Open(0, 0).Pointer(0);

    private static void RequireMapping()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Elsewhere the region is the heap's, and there is no mincore to ask.");
        }
    }
}
