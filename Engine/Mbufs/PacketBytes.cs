using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <summary>What the bytes of a packet may be seen as: anything but the engine's own claims and addresses.</summary>
internal static class PacketBytes
{
    /// <summary>What has to be known of a type for that, also where a linker takes away what it does not see used.</summary>
    public const DynamicallyAccessedMemberTypes Fields = DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields;

    private static readonly Type[] s_refused = [typeof(Mbuf), typeof(MbufTagHandle), typeof(MbufExternalStorage)];

    /// <summary>
    /// True for a type that has a handle, and for one whose fields a linker has taken away, which may have had one: no structure is
    /// without.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "A nested type without fields is refused.")]
    private static bool Has([DynamicallyAccessedMembers(Fields)] Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer)
        {
            return false;
        }

        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        foreach (FieldInfo field in fields)
        {
            if (s_refused.Contains(field.FieldType) || (field.FieldType != type && Has(field.FieldType)))
            {
                return true;
            }
        }

        return fields.Length == 0;
    }

    /// <summary>
    /// Refuses what is no number as packets have them: a type of a program's own, whose bytes may be anything, and those whose size the
    /// processor decides. A constant to the JIT.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CheckInteger<T>()
        where T : unmanaged
    {
        if (typeof(T) != typeof(byte) && typeof(T) != typeof(sbyte) && typeof(T) != typeof(short) && typeof(T) != typeof(ushort)
            && typeof(T) != typeof(char) && typeof(T) != typeof(int) && typeof(T) != typeof(uint) && typeof(T) != typeof(long)
            && typeof(T) != typeof(ulong) && typeof(T) != typeof(Int128) && typeof(T) != typeof(UInt128))
        {
            ThrowHelper.NotPacketInteger(typeof(T));
        }
    }

    /// <summary>The answer for one type, found once.</summary>
    internal static class As<[DynamicallyAccessedMembers(Fields)] T>
        where T : unmanaged
    {
        public static readonly bool IsAllowed = !s_refused.Contains(typeof(T)) && !Has(typeof(T));
    }
}
